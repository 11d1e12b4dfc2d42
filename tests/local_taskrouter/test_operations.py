"""Every operation of the installed SDK works, and every property has its declared type.

`sdk_surface.py` finds operations and properties, so a new one in a release of the SDK fails here until
the emulator supports it.
"""

import json
import re
from collections import defaultdict
from types import SimpleNamespace

import pytest
from local_taskrouter.api.params import snake
from local_taskrouter.api.routes import ROUTES
from sdk_surface import (
    fits,
    instance_classes,
    operations,
    parameters,
    properties,
    short_name,
)

MAY_BE_NONE = {
    "assignment_activity_name",
    "assignment_activity_sid",
    "events_filter",
    "longest_relative_task_sid_in_queue",
    "longest_task_waiting_sid",
    "reason",
    "reservation_activity_name",
    "reservation_activity_sid",
    "routing_target",
    "source_ip_address",
}
HEADERS = {"if_match"}
OF_THE_SDK = {"limit", "page_size", "page_number", "page_token", "target_url", "body"}


class World:
    """A Workspace with one of each resource, and a second one of those that can be deleted."""

    def __init__(self, client):
        self.version = client.taskrouter.v1
        made = self.version.workspaces.create(
            "World", event_callback_url="http://127.0.0.1:9/", events_filter="task.created"
        )
        workspace = self.version.workspaces(made.sid)
        available = workspace.activities.list(friendly_name="Available")[0]
        queue = workspace.task_queues.create(
            "Queue", reservation_activity_sid=available.sid, assignment_activity_sid=available.sid
        )
        routing = {"task_routing": {"default_filter": {"queue": queue.sid}}}
        self.configuration = json.dumps(routing)
        workflow = workspace.workflows.create("Workflow", self.configuration)
        worker = workspace.workers.create("Worker", activity_sid=available.sid)
        task = workspace.tasks.create(workflow_sid=workflow.sid, task_channel="chat")
        self.sids = {
            "workspace": made.sid,
            "activity": available.sid,
            "task_channel": workspace.task_channels("chat").fetch().sid,
            "task_queue": queue.sid,
            "workflow": workflow.sid,
            "worker": worker.sid,
            "worker_channel": workspace.workers(worker.sid).worker_channels("chat").fetch().sid,
            "task": task.sid,
            "reservation": workspace.tasks(task.sid).reservations.list()[0].sid,
            "event": workspace.events.list(task_sid=task.sid)[0].sid,
        }
        self._deletable = {
            "activity": workspace.activities.create("Spare"),
            "task_channel": workspace.task_channels.create("Spare", "spare"),
            "task_queue": workspace.task_queues.create("Spare"),
            "workflow": workspace.workflows.create("Spare", self.configuration),
            "worker": workspace.workers.create("Spare"),
        }

    def build(self, owner, operation):
        """The List or Context of the resources in this Workspace."""
        sids = dict(self.sids)
        if operation == "delete":
            sids |= {name: spare.sid for name, spare in self._deletable.items()}
        return build(owner, self.version, sids)

    def arguments(self, built, operation):
        """The required arguments, and those that are required with two Workflows."""
        kind = short_name(type(built))
        if (kind, operation) == ("task", "create"):
            return {"workflow_sid": self.sids["workflow"]}
        if (kind, operation) == ("reservation", "update"):
            return {"reservation_status": "accepted"}
        values = {
            "friendly_name": "Another",
            "unique_name": "another",
            "configuration": self.configuration,
            "body": SimpleNamespace(to_dict=lambda: {"queueSids": [self.sids["task_queue"]]}),
            "target_url": f"{self.version.domain.base_url}/v1{built._uri}",
        }
        names, required = parameters(type(built), operation)
        return {name: values[name] for name in names if name in required or name == "body"}


def build(owner, version, sids):
    """The List or Context at the path with these SIDs, which are by resource name."""
    names = [name for name in parameters(owner, "__init__")[0] if name != "version"]
    kinds = {name: name.removesuffix("_sid").replace("sid", short_name(owner)) for name in names}
    return owner(version, **{name: sids[kind] for name, kind in kinds.items()})


@pytest.fixture
def world(client):
    return World(client)


def label(found):
    return ".".join((found[0].__module__.partition("workspace.")[2], found[0].__name__, found[1]))


@pytest.mark.parametrize("found", operations(), ids=label)
def test_operation_returns_the_declared_types(world, found):
    owner, operation = found
    built = world.build(owner, operation)
    answer = getattr(built, operation)(**world.arguments(built, operation))
    if operation == "delete":
        assert answer is True
        return
    instances = [answer] if operation in ("create", "fetch", "update") else list(answer)
    assert instances
    for instance in instances:
        assert type(instance) in instance_classes()
        check_properties(instance)


def check_properties(instance):
    kind = type(instance)
    declared = properties(kind)
    assert declared
    for name, wanted in declared.items():
        value = getattr(instance, name)
        unset = value is None and name in MAY_BE_NONE
        assert unset or fits(value, wanted, kind), (kind.__name__, name, wanted, value)


@pytest.mark.parametrize("found", operations(), ids=label)
def test_route_reads_every_parameter_of_the_sdk(found):
    owner, operation = found
    uri = build(owner, None, defaultdict(lambda: "SID"))._uri
    given = set(parameters(owner, operation)[0]) - OF_THE_SDK - HEADERS
    method = {"create": "POST", "update": "POST", "delete": "DELETE"}.get(operation, "GET")
    route = route_of(method, uri)
    assert {name.rstrip("_") for name in given} <= {snake(name) for name in route.params}


def route_of(method, uri):
    """The row of the route table that matches; the one with the fewest SIDs wins."""
    fitting = [
        route
        for route in ROUTES
        if route.method == method and re.fullmatch(re.sub("<[^>]+>", "[^/]+", route.path), uri)
    ]
    return min(fitting, key=lambda route: route.path.count("<"))


def test_every_resource_of_the_sdk_has_an_operation():
    with_operations = {owner.__module__ for owner, _ in operations()}
    assert {kind.__module__ for kind in instance_classes()} == with_operations
