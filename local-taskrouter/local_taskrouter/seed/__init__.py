"""Bring a Workspace to what a seed declares, on a local TaskRouter or on Twilio.

A seed is a file that a person writes, or the same as a dict: one Workspace with its Activities,
TaskChannels, TaskQueues, Workflows and Workers, each under its name, with references by name.
`schema.json` in this folder describes it, README shows one.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from local_taskrouter.seed.existing import Existing, Found, new_workspace, read
from local_taskrouter.seed.file import SeedError, load, resolve
from local_taskrouter.seed.kinds import (
    ACTIVITY,
    KINDS,
    TASK_QUEUE,
    WORKER,
    WORKER_CHANNEL,
    WORKSPACE,
    Kind,
    with_queues,
)
from local_taskrouter.seed.plan import Change, count_of, plan

__all__ = ["Change", "SeedError", "apply", "count_of"]
SeedError.__module__ = __name__  # the name that a traceback shows is the one to import


def apply(
    client: Client,
    seed: str | Path | Mapping[str, Any],
    *,
    variables: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> list[Change]:
    """Create what `seed` declares and the account lacks, and update what differs. Delete nothing.

    `seed` is a file (JSON, or YAML with PyYAML installed) or its content. `variables` are values for
    its `${NAME}`; they win over the environment, which wins over "variables" in the seed. Returns the changes in the order in
    which they were made, none if the Workspace is as declared; with `dry_run`, those that would be
    made, without making any.

    Raises SeedError, a sentence with the place, if the seed is wrong or TaskRouter refuses a change,
    and the SDK's exceptions if TaskRouter cannot be read.
    """
    with _naming(seed):
        content = load(seed) if isinstance(seed, str | Path) else seed
        wanted = resolve(content, variables or {}, os.environ)
        existing = _read(client, wanted)
        changes, made = plan(wanted, existing), 0
        if dry_run:
            return changes
        if existing.workspace is None:
            _send(client, existing, changes[0], made)
            existing = _read(client, wanted)
            # A new Workspace has resources that only TaskRouter knows.
            changes, made = [changes[0], *plan(wanted, existing)], 1
        while made < len(changes):
            _send(client, existing, changes[made], made)
            made += 1
    return changes


@contextmanager
def _naming(seed: str | Path | Mapping[str, Any]) -> Iterator[None]:
    """Begin the message of a SeedError with the name of the file."""
    try:
        yield
    except SeedError as error:
        name = seed if isinstance(seed, str | Path) else "The seed"
        raise SeedError(f"{name}: {error}") from error.__cause__


def _read(client: Client, wanted: Mapping[str, Any]) -> Existing:
    name, workspaces = wanted["workspace"]["friendly_name"], client.taskrouter.v1.workspaces
    found = workspaces.list(friendly_name=name)
    if len(found) > 1:
        raise SeedError(
            f'workspace: the account has {len(found)} Workspaces named "{name}"; rename all but one.'
        )
    return read(found[0], workspaces(str(found[0].sid)), wanted) if found else new_workspace(wanted)


def _send(client: Client, existing: Existing, change: Change, made: int) -> None:
    """Make a change, and add a new resource to `existing`. `made` changes came before it."""
    kind = KINDS[change.resource]
    try:
        resource = _request(client, existing, kind, change)
    except TwilioRestException as error:
        reason = error.msg.rstrip(".")
        # An expression's error ends with a caret under its text.
        end = "\n" if "\n" in reason else ". "
        before = f"Made before: {count_of(made)}; mend the seed and apply it again." if made else ""
        sentence = f"{change.place}: TaskRouter refused it: {reason}{end}{before}"
        raise SeedError(sentence.rstrip()) from error
    if change.action == "create":
        existing.add(kind, Found(change.name, str(resource.sid), change.settings))


def _request(client: Client, existing: Existing, kind: Kind, change: Change) -> Any:
    parameters = _parameters(kind, existing, change.settings)
    workspaces = client.taskrouter.v1.workspaces
    if existing.workspace is None:
        return workspaces.create(change.name, **parameters)
    space = workspaces(existing.workspace.sid)
    if kind is WORKSPACE:
        return space.update(**parameters)
    if kind is WORKER_CHANNEL:
        worker = space.workers(existing.sid(WORKER, change.worker))
        return worker.worker_channels(change.name).update(**parameters)
    resources = getattr(space, kind.key)
    if change.action == "update":
        return resources(existing.sid(kind, change.name)).update(**parameters)
    names = {"friendly_name": change.name, kind.named_by: change.name}
    return resources.create(**{**names, **parameters})


def _parameters(kind: Kind, existing: Existing, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as the SDK takes them: SIDs in place of names, and text for JSON."""
    parameters = {}
    for name, value in settings.items():
        if name in kind.references:
            parameters[f"{name}_sid"] = existing.sid(ACTIVITY, value)
        elif name == "configuration":
            routing = with_queues(value, lambda queue: existing.sid(TASK_QUEUE, queue))
            parameters[name] = json.dumps(routing)
        else:
            parameters[name] = json.dumps(value) if name == "attributes" else value
    return parameters
