"""The tutorial's Workspace as a lesson's exercise finds it, on a running TaskRouter."""

from collections.abc import Callable

import pytest
from workspace_builder import WorkspaceBuilder

from helpers.exercises import SelfCheck
from helpers.lessons.workspace import PreparedWorkspace


class ExerciseWorkspace(WorkspaceBuilder):
    """A prepared Workspace with short ways to write what a learner's line does."""

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab.session.client, sid=lab.workspace_sid)
        self.lab = lab
        self.workflow_sid = lab.workflow_sid
        self.alice = lab.workspace.workers(lab.alice_sid)
        self.bob = lab.workspace.workers(lab.bob_sid)


@pytest.fixture
def exercise_workspace(prepared) -> Callable[[str], ExerciseWorkspace]:
    return lambda start: ExerciseWorkspace(prepared(start))


@pytest.fixture
def marks() -> Callable[[SelfCheck], str]:
    """The first character of each line of a self-check: "✓○"."""
    return lambda self_check: "".join(str(line)[0] for line in self_check.lines)
