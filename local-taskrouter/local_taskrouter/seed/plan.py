"""Compare a seed with a Workspace: what must be created or updated, in this order."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_taskrouter.seed.existing import Existing, Found
from local_taskrouter.seed.file import SeedError, did_you_mean
from local_taskrouter.seed.kinds import (
    ACTIVITY,
    KINDS,
    QUEUE,
    TASK_CHANNEL,
    TASK_QUEUE,
    WORKER,
    WORKER_CHANNEL,
    WORKFLOW,
    WORKSPACE,
    Kind,
)

_LONGEST = 60


@dataclass(frozen=True)
class Change:
    """What `apply` does to one resource, or would do.

    `action` is "create" or "update", `resource` for example "Worker", `name` for example "Alice".
    `settings` has the new values as the seed writes them, and `before` those that they replace, empty
    for a new resource. `worker` names the Worker of a WorkerChannel.
    """

    action: str
    resource: str
    name: str
    settings: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    worker: str = ""

    @property
    def place(self) -> str:
        """Where the seed declares it: "workers.Alice"."""
        key = KINDS[self.resource].key
        if self.resource == WORKSPACE.resource:
            return key
        within = [WORKER.key, self.worker] if self.worker else []
        return ".".join([*within, key, self.name])

    def __str__(self) -> str:
        of = f" of {_quoted(self.worker)}" if self.worker else ""
        settings = ", ".join(self._setting(name) for name in self.settings)
        return f"{self.action} {self.resource} {_quoted(self.name)}{of}" + (
            f": {settings}" if settings else ""
        )

    def _setting(self, name: str) -> str:
        new = _quoted(self.settings[name])
        if name not in self.before:
            return f"{name} {new}" if len(new) <= _LONGEST else name
        old = _quoted(self.before[name])
        return f"{name} {old} → {new}" if len(old + new) <= 2 * _LONGEST else f"{name} changes"


def count_of(changes: int) -> str:
    """For a sentence: "1 change", "2 changes"."""
    return f"{changes} change{'s' * (changes != 1)}"


def plan(seed: Mapping[str, Any], existing: Existing) -> list[Change]:
    """The changes that bring a Workspace to what `seed` declares.

    Raises SeedError for a reference to nothing, and for what TaskRouter cannot change.
    """
    _check_references(seed, existing)
    changes: list[Change] = []
    wanted, name = dict(seed["workspace"]), seed["workspace"]["friendly_name"]
    del wanted["friendly_name"]
    workspace = existing.workspace
    if workspace is None:
        at_once = {key: wanted[key] for key in WORKSPACE.settings if key in wanted}
        changes.append(Change("create", WORKSPACE.resource, name, at_once))
        offline = dict.fromkeys(WORKSPACE.references, "Offline")
        workspace = Found(name, "", {**offline, **at_once})
    changes += _changes_of(seed, existing, ACTIVITY)
    changes += _update(WORKSPACE, name, wanted, workspace)
    for kind in (TASK_CHANNEL, TASK_QUEUE, WORKFLOW):
        changes += _changes_of(seed, existing, kind)
    for worker, settings in seed.get("workers", {}).items():
        channels = settings.get("channels", {})
        own = {key: value for key, value in settings.items() if key != "channels"}
        changes += _create_or_update(WORKER, worker, own, existing)
        for channel, wanted in channels.items():
            found = existing.find(WORKER_CHANNEL, f"{worker}/{channel}", f"workers.{worker}")
            before = found or Found(channel, "", {})
            changes += _update(WORKER_CHANNEL, channel, wanted, before, worker)
    return changes


def _changes_of(seed: Mapping[str, Any], existing: Existing, kind: Kind) -> Iterator[Change]:
    for name, wanted in seed.get(kind.key, {}).items():
        yield from _create_or_update(kind, name, wanted, existing)


def _create_or_update(
    kind: Kind, name: str, wanted: Mapping[str, Any], existing: Existing
) -> list[Change]:
    place = f"{kind.key}.{name}"
    found = existing.find(kind, name, place)
    if found is None:
        return [Change("create", kind.resource, name, wanted)]
    changes = _update(kind, name, wanted, found)
    if changes and kind is ACTIVITY:
        raise SeedError(
            f"{place}.available is {json.dumps(wanted['available'])}, but the Activity exists with the"
            " opposite, which TaskRouter cannot change; use another name."
        )
    return changes


def _update(
    kind: Kind, name: str, wanted: Mapping[str, Any], found: Found, worker: str = ""
) -> list[Change]:
    had = found.settings
    new = {
        key: value
        for key, value in wanted.items()
        if key not in had or _text(had[key]) != _text(value)
    }
    if not new:
        return []
    before = {key: had[key] for key in new if key in had}
    return [Change("update", kind.resource, name, new, before, worker)]


def _check_references(seed: Mapping[str, Any], existing: Existing) -> None:
    def check(kind: Kind, name: str, place: str) -> None:
        if name in seed.get(kind.key, {}) or existing.find(kind, name, place):
            return
        known = dict.fromkeys([*seed.get(kind.key, {}), *existing.names(kind)])
        raise SeedError(f'{place}: there is no {kind.resource} "{name}"{did_you_mean(name, known)}')

    for kind in (WORKSPACE, TASK_QUEUE, WORKER):
        named = {"": seed["workspace"]} if kind is WORKSPACE else seed.get(kind.key, {})
        for name, settings in named.items():
            place = ".".join(filter(None, (kind.key, name)))
            for reference in kind.references:
                if reference in settings:
                    check(ACTIVITY, settings[reference], f"{place}.{reference}")
            for channel in settings.get("channels", {}):
                check(TASK_CHANNEL, channel, f"{place}.channels")
    for name, settings in seed.get(WORKFLOW.key, {}).items():
        for queue, place in _queues(settings["configuration"], f"workflows.{name}.configuration"):
            check(TASK_QUEUE, queue, place)
    folded: dict[str, str] = {}
    for name in seed.get(WORKER.key, {}):
        if (other := folded.setdefault(name.casefold(), name)) != name:
            raise SeedError(f'workers.{name}: only the case differs from the Worker "{other}".')


def _queues(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every name of a TaskQueue in a Workflow configuration, with its place."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in QUEUE and isinstance(each, str):
                yield each, f"{place}.{key}"
            else:
                yield from _queues(each, f"{place}.{key}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _queues(each, f"{place}[{number}]")


def _text(value: Any) -> str:
    """For comparison, since Python's true equals 1."""
    return json.dumps(value, sort_keys=True)


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
