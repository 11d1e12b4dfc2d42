"""City Bikes: a Workspace that the learner builds; `city_bikes.json` declares all of it.

It is separate from the tutorial's Workspace, which stays as the other lessons left it. All calls
go through the `twilio` client.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_taskrouter.seed import Change, apply
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext

from helpers.session.session import Session
from helpers.session.workspace_ownership import CITY_BIKES

START = "city bikes"
FILE = Path(__file__).with_name("city_bikes.json")
# The steps of the lesson in their order, and what each builds, as the file calls it.
STEPS = {
    "Activities": "activities",
    "Workers": "workers",
    "TaskQueues": "task_queues",
    "Workflow": "workflows",
    "doors": "",
    "customers": "",
}
FILE_STEP, EXERCISE = "file", "exercise"
WAITED = 90  # seconds for which a repair has waited when the exercise begins
_OF_A_NEW_WORKSPACE = ("Offline", "Available", "Unavailable")


@dataclass
class Progress:
    """The step that was begun last, how often one was, and what the self-check of each found."""

    step: str = ""
    begun: int = 0
    found: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class CityBikes:
    """The Workspace that the learner builds. `file` declares what it has in the end."""

    session: Session
    workspace_sid: str
    file: Path = FILE
    progress: Progress = field(default_factory=Progress)

    @property
    def workspace(self) -> WorkspaceContext:
        return self.session.client.taskrouter.v1.workspaces(self.workspace_sid)

    @property
    def workflow_sid(self) -> None:
        """None: a program finds the Workflow itself, since the learner creates it."""

    def begin(self, step: str) -> None:
        """Bring the Workspace to the beginning of a step, whatever is in it.

        Creates what the steps before it build, and deletes all else, all Tasks too. "file" is an
        empty Workspace. "exercise" is the beginning of the exercise: Rosa is in the workshop, and a
        repair has waited for a while, for which the local TaskRouter's clock is moved. An attempt
        begins: `session.requests.latest_change()` is None.

        Raises ValueError for an unknown step, and the SDK's exception when a request fails.
        """
        steps = list(STEPS)
        before = {name: steps[:number] for number, name in enumerate(steps)}
        before |= {FILE_STEP: [], EXERCISE: steps}
        if step not in before:
            names = ", ".join(f'"{name}"' for name in before)
            raise ValueError(f"There is no step {step!r}. The steps are {names}.")
        progress = self.progress
        progress.step, progress.begun = "", progress.begun + 1
        declared = _declared(before[step])
        self._delete_all_but(declared)
        self._apply(declared)
        if step == EXERCISE:
            self._let_a_repair_wait()
        progress.found.pop(step, None)
        self.session.requests.mark()
        progress.step = step

    def apply(self) -> list[Change]:
        """Create what the file declares and the Workspace lacks, and update what differs.

        Returns the changes, none if there was nothing to do. Raises SeedError, see
        `local_taskrouter.seed.apply`.
        """
        return self._apply(_declared(list(STEPS)))

    def _apply(self, declared: Mapping[str, Any]) -> list[Change]:
        # In a real account the name may have a number, and it may have been changed there.
        name = self.workspace.fetch().friendly_name
        return apply(self.session.client, {**declared, "workspace": {"friendly_name": name}})

    def _delete_all_but(self, declared: Mapping[str, Any]) -> None:
        """Delete the Tasks and what is not declared, and send every Worker Offline."""
        space = self.workspace
        for task in space.tasks.list():
            task.delete()
        offline = str(space.fetch().default_activity_sid)
        for worker in space.workers.list():
            if worker.activity_sid != offline:
                worker.update(activity_sid=offline)
        for kind in ("workflows", "task_queues", "workers"):
            _delete_others(getattr(space, kind).list(), declared.get(kind, {}))
        flags = {name: each["available"] for name, each in declared.get("activities", {}).items()}
        activities = space.activities.list()
        right = [
            one
            for one in activities
            if one.available == flags.get(one.friendly_name, one.available)
        ]
        for wrong in activities:
            if wrong not in right:
                wrong.delete()
        _delete_others(right, [*flags, *_OF_A_NEW_WORKSPACE])

    def _let_a_repair_wait(self) -> None:
        space = self.workspace
        [workshop] = space.activities.list(friendly_name="In the workshop")
        [rosa] = space.workers.list(friendly_name="Rosa")
        rosa.update(activity_sid=workshop.sid)
        space.tasks.create(attributes=json.dumps({"topic": "repair"}))
        session = self.session
        if session.target == "local":
            clock = f"{session.address}/emulator/clock"
            session.client.request("POST", clock, data={"advance": WAITED})

    def __repr__(self) -> str:
        return f"The Workspace {CITY_BIKES!r} is ready"


def make_city_bikes(session: Session) -> CityBikes:
    """Create the Workspace, empty, in place of the previous one; touch no other.

    Raises the SDK's exception when a request fails.
    """
    return CityBikes(session, str(session.tutorial_workspaces.recreate(CITY_BIKES).sid))


def _declared(steps: list[str]) -> dict[str, Any]:
    """What these steps build, as the file declares it; the doors open with Workers available."""
    content = json.loads(FILE.read_text("utf-8"))
    built = {STEPS[step]: deepcopy(content[STEPS[step]]) for step in steps if STEPS[step]}
    if "doors" not in steps:
        for settings in built.get("workers", {}).values():
            del settings["activity"]
    return built


def _delete_others(resources: list[Any], names: Any) -> None:
    """Delete all but the oldest resource of each name."""
    kept = set(names)
    for resource in reversed(resources):
        if resource.friendly_name in kept:
            kept.remove(resource.friendly_name)
        else:
            resource.delete()
