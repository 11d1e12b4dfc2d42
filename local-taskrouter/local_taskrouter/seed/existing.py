"""What a Workspace has, as a seed writes it: with names in place of SIDs, and JSON as objects."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twilio.rest.taskrouter.v1.workspace import WorkspaceContext, WorkspaceInstance

from local_taskrouter.core.workspaces import CHANNELS, MULTITASKING, SINGLE_TASKING
from local_taskrouter.seed.file import SeedError
from local_taskrouter.seed.kinds import (
    ACTIVITY,
    TASK_CHANNEL,
    TASK_QUEUE,
    WORKER,
    WORKER_CHANNEL,
    WORKFLOW,
    WORKSPACE,
    Kind,
    with_queues,
)

_PAGE_SIZE = 1_000


@dataclass(frozen=True)
class Found:
    """An existing resource; the SID of a new Workspace's is not known yet."""

    name: str
    sid: str
    settings: Mapping[str, Any]


class Existing:
    """The resources of a Workspace, by kind and name. `workspace` is None if it is to be created."""

    def __init__(self, workspace: Found | None) -> None:
        self.workspace = workspace
        self._found: dict[tuple[str, str], list[Found]] = {}

    def add(self, kind: Kind, found: Found) -> None:
        """Add a resource."""
        self._found.setdefault((kind.key, _folded(kind, found.name)), []).append(found)

    def find(self, kind: Kind, name: str, place: str) -> Found | None:
        """The resource with this name, or None. Raises SeedError if there are several."""
        found = self._found.get((kind.key, _folded(kind, name)), [])
        if len(found) > 1:
            raise SeedError(
                f'{place}: the Workspace has {len(found)} {kind.key} named "{name}"; rename all but one.'
            )
        return found[0] if found else None

    def sid(self, kind: Kind, name: str) -> str:
        """The SID of the only resource with this name, which must exist."""
        return self._found[kind.key, _folded(kind, name)][0].sid

    def names(self, kind: Kind) -> list[str]:
        """The names of this kind."""
        return [each[0].name for (key, _), each in self._found.items() if key == kind.key]


def new_workspace(seed: Mapping[str, Any]) -> Existing:
    """What a Workspace that is to be created has."""
    existing = Existing(None)
    multitasking = seed["workspace"].get("multi_task_enabled", True)
    for name, available in MULTITASKING if multitasking else SINGLE_TASKING:
        existing.add(ACTIVITY, Found(name, "", {"available": available}))
    for unique_name, name in CHANNELS:
        existing.add(TASK_CHANNEL, Found(unique_name, "", {"friendly_name": name}))
    return existing


def read(
    workspace: WorkspaceInstance, space: WorkspaceContext, seed: Mapping[str, Any]
) -> Existing:
    """Read what a seed can refer to, and what it declares, in its Workspace."""
    activities = space.activities.list(page_size=_PAGE_SIZE)
    queues = space.task_queues.list(page_size=_PAGE_SIZE)
    names = {str(each.sid): str(each.friendly_name) for each in [*activities, *queues]}
    existing = Existing(_found(WORKSPACE, workspace, names))
    lists: list[tuple[Kind, Iterable[Any]]] = [
        (ACTIVITY, activities),
        (TASK_QUEUE, queues),
        (TASK_CHANNEL, space.task_channels.list(page_size=_PAGE_SIZE)),
    ]
    if WORKFLOW.key in seed:
        lists.append((WORKFLOW, space.workflows.list(page_size=_PAGE_SIZE)))
    if WORKER.key in seed:
        lists.append((WORKER, space.workers.list(page_size=_PAGE_SIZE)))
    for kind, instances in lists:
        for instance in instances:
            existing.add(kind, _found(kind, instance, names))
    for name, settings in seed.get(WORKER.key, {}).items():
        worker = existing.find(WORKER, name, f"workers.{name}")
        if worker is not None and "channels" in settings:
            for channel in space.workers(worker.sid).worker_channels.list():
                capacity = {"capacity": channel.configured_capacity, "available": channel.available}
                unique_name = f"{name}/{channel.task_channel_unique_name}"
                existing.add(WORKER_CHANNEL, Found(unique_name, str(channel.sid), capacity))
    return existing


def _found(kind: Kind, instance: Any, names: Mapping[str, str]) -> Found:
    settings = {name: getattr(instance, name) for name in kind.settings}
    for name in kind.references:
        sid = getattr(instance, f"{name}_sid")
        settings[name] = names.get(sid, sid)
    for name, value in settings.items():
        if name == "attributes":
            settings[name] = json.loads(value)
        elif name == "configuration":
            settings[name] = with_queues(json.loads(value), lambda sid: names.get(sid, sid))
        elif name.endswith(("_url", "_filter")):
            settings[name] = value or ""
    return Found(str(getattr(instance, kind.named_by)), str(instance.sid), settings)


def _folded(kind: Kind, name: str) -> str:
    """The name as TaskRouter compares it: names of Workers are unique whatever the case."""
    return name.casefold() if kind in (WORKER, WORKER_CHANNEL) else name
