"""The tutorial's Workspace as a lesson's exercise finds it, on a running TaskRouter."""

import pytest
from workspace_builder import WorkspaceBuilder

from helpers.lessons.workspace import PreparedWorkspace


class Stage(WorkspaceBuilder):
    """A prepared Workspace, with what the learners' lines of these exercises are made of."""

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab.session.client, sid=lab.workspace_sid)
        self.lab = lab
        self.workflow_sid = lab.workflow_sid
        self.alice = lab.workspace.workers(lab.alice_sid)
        self.bob = lab.workspace.workers(lab.bob_sid)


@pytest.fixture
def stage(prepared):
    return lambda start: Stage(prepared(start))


@pytest.fixture
def marks():
    """The lines of a self-check as marks: "✓○"."""
    return lambda self_check: "".join(str(line)[0] for line in self_check.lines)
