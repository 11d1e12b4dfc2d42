"""The emulator's responses have every field that the installed SDK reads.

The tests build each Instance class of `twilio.rest.taskrouter.v1` on a payload that records which
fields it reads, so a release of the SDK that reads a new field fails here. `test_operations.py` tests
types and statistics.
"""

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import sdk_surface
from sdk_surface import package
from twilio.base.page import Page
from workspace_builder import WorkspaceBuilder

STATISTICS = "statistics"


class Recording(dict):
    """A payload that records which keys are read."""

    def __init__(self, payload):
        super().__init__(payload)
        self.read = set()

    def get(self, key, default=None):
        self.read.add(key)
        return super().get(key, default)


def instance_classes():
    """The Instance class of every resource of TaskRouter, except statistics."""
    return [kind for kind in sdk_surface.instance_classes() if STATISTICS not in kind.__module__]


@pytest.fixture
def resources(client):
    """An instance of each resource, as the SDK returned it, by its class."""
    built = WorkspaceBuilder(client, event_callback_url="http://localhost/events")
    workspace = built.workspace
    available = next(a for a in workspace.activities.list() if a.available)
    channel = workspace.task_channels("voice").fetch()
    queue = built.queue(
        reservation_activity_sid=available.sid, assignment_activity_sid=available.sid
    )
    workflow = built.workflow(default=queue)
    worker = built.worker("Worker")
    worker_channel = workspace.workers(worker.sid).worker_channels("voice").fetch()
    task = built.task(task_channel="voice")
    [of_task] = built.reservations(task)
    of_worker = workspace.workers(worker.sid).reservations(of_task.sid).fetch()
    event = workspace.events.list(event_type="reservation.created")[0]
    instances = (
        workspace.fetch(),
        available,
        channel,
        queue,
        workflow,
        worker,
        worker_channel,
        workspace.tasks(task.sid).fetch(),
        of_task,
        of_worker,
        event,
    )
    return {type(instance): instance for instance in instances}


def answer(session, instance):
    """The JSON behind an instance, fetched by its own `url`."""
    http = session.client.http_client.session
    return http.get(instance.url, auth=(session.account_sid, session.auth_token)).json()


@pytest.mark.parametrize("kind", instance_classes(), ids=lambda kind: kind.__name__)
def test_resource_has_every_field_that_the_sdk_reads(session, resources, kind):
    instance = resources[kind]
    payload = Recording(answer(session, instance))
    kind(instance._version, payload, **instance._solution)
    assert payload.read, kind
    assert payload.read <= set(payload), payload.read - set(payload)


def test_every_resource_of_the_sdk_is_tested(resources):
    assert set(instance_classes()) == set(resources)
    assert len(resources) == 11


@pytest.mark.parametrize("kind", instance_classes(), ids=lambda kind: kind.__name__)
def test_list_and_fetch_return_the_same(session, resources, kind):
    instance = resources[kind]
    fetched = answer(session, instance)
    listed = session.client.http_client.session.get(
        instance.url.rsplit("/", 1)[0], auth=(session.account_sid, session.auth_token)
    ).json()
    found = [item for item in listed[listed["meta"]["key"]] if item["sid"] == fetched["sid"]]
    assert found == [fetched]


@pytest.mark.parametrize("kind", instance_classes(), ids=lambda kind: kind.__name__)
def test_every_url_is_absolute_and_answers(session, resources, emulator, kind):
    payload = answer(session, resources[kind])
    links = payload.get("links", {})
    for name, address in [("url", payload["url"]), *links.items()]:
        assert address.startswith(f"{emulator.url}/v1/Workspaces/WS"), name
        if STATISTICS in name:
            continue
        auth = (session.account_sid, session.auth_token)
        assert session.client.http_client.session.get(address, auth=auth).status_code == 200, name


@pytest.mark.parametrize(
    "module",
    [
        "activity",
        "event",
        "task",
        "task.reservation",
        "task_channel",
        "task_queue",
        "worker",
        "worker.reservation",
        "worker.worker_channel",
        "workflow",
    ],
)
def test_sdk_finds_the_key_of_each_list(session, resources, module):
    """`list` of the SDK returns instances, so it found the key beside `meta`."""
    page_module = import_module(f"{package.__name__}.{module}")
    kind = next(k for k in resources if k.__module__ == page_module.__name__)
    page = next(
        member
        for _, member in inspect.getmembers(page_module, inspect.isclass)
        if issubclass(member, Page) and member.__module__ == page_module.__name__
    )
    address = resources[kind].url.rsplit("/", 1)[0].removeprefix(session.address)
    response = session.client.request("GET", session.address + address)
    listed: Iterator[Any] = page(resources[kind]._version, response, resources[kind]._solution)
    assert resources[kind].sid in {instance.sid for instance in listed}
