"""The tutorial's Workspace as a lesson's exercise finds it, on a running TaskRouter."""

import json

import pytest

from helpers.workspace import Lab


class Stage:
    """A prepared Lab, with what the learners' lines of these exercises are made of."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.workspace = lab.workspace
        self.alice = lab.workspace.workers(lab.alice_sid)
        self.bob = lab.workspace.workers(lab.bob_sid)

    def activity(self, name: str) -> str:
        return self.workspace.activities.list(friendly_name=name)[0].sid

    def create(self, language: str, **options):
        attributes = json.dumps({"selected_language": language})
        options = {"workflow_sid": self.lab.workflow_sid, "attributes": attributes} | options
        return self.workspace.tasks(self.workspace.tasks.create(**options).sid)


@pytest.fixture
def stage(prepared):
    return lambda start: Stage(prepared(start))


@pytest.fixture
def marks():
    """The lines of a self-check as marks: "✓○"."""
    return lambda self_check: "".join(str(line)[0] for line in self_check.lines)
