import json

import pytest

from helpers import explain
from helpers.exercises import away_not_gone, hugo_helps
from helpers.lessons.seven_faults import TASK_QUEUES, UNKNOWN_TOPIC


class TestAwayNotGone:
    @pytest.fixture
    def space(self, exercise_workspace):
        return exercise_workspace("alice offline")

    def test_unsolved_reports_the_timeout_activity(self, space, marks):
        found = away_not_gone(space.lab)
        assert marks(found) == "○✓"
        assert str(found.lines[0]).endswith(": the timeout Activity is Offline")

    def test_timeout_activity_unavailable_solves_it(self, space, marks):
        space.workspace.update(timeout_activity_sid=space.activities["Unavailable"])
        assert marks(away_not_gone(space.lab)) == "✓✓"

    def test_default_activity_in_its_place_gets_both_lines_wrong(self, space, marks):
        space.workspace.update(default_activity_sid=space.activities["Unavailable"])
        assert marks(away_not_gone(space.lab)) == "○○"

    def test_default_activity_changed_too_gets_the_advice_to_undo_it(self, space, marks):
        sid = space.activities["Unavailable"]
        space.workspace.update(timeout_activity_sid=sid, default_activity_sid=sid)
        found = away_not_gone(space.lab)
        assert marks(found) == "✓○"
        assert "it is for new Workers" in found.advice

    def test_available_timeout_activity_is_not_right(self, space, marks):
        space.workspace.update(timeout_activity_sid=space.lab.idle_sid)
        assert marks(away_not_gone(space.lab)) == "○✓"


class TestHugoHelps:
    @pytest.fixture
    def lab(self, prepared):
        """The Workspace before the exercise: the seventh fault is mended, and Gina has a Task."""
        lab = prepared("seven faults")
        workflow = lab.workspace.workflows(lab.workflow_sid)
        configuration = json.loads(workflow.fetch().configuration)
        queue = lab.workspace.task_queues.list(friendly_name=list(TASK_QUEUES)[-1])[0]
        configuration["task_routing"]["default_filter"] = {"queue": queue.sid}
        workflow.update(configuration=json.dumps(configuration))
        attributes = json.dumps({"topic": UNKNOWN_TOPIC})
        lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
        return lab

    @staticmethod
    def update_capacity(lab, name, capacity):
        worker = lab.workspace.workers.list(friendly_name=name)[0]
        lab.workspace.workers(worker.sid).worker_channels("default").update(capacity=capacity)

    def test_before_the_eighth_fault_hugo_is_missing(self, lab, marks):
        found = hugo_helps(lab)
        assert marks(found) == "○○" and "he is not in the Workspace" in str(found)

    def test_unsolved_task_waits_and_explain_names_hugos_capacity(self, lab, marks):
        present = lab.add_eighth_fault()
        assert marks(hugo_helps(lab)) == "○○"
        explanation = explain(lab, present)
        assert explanation.assignment_status == "pending"
        [text] = [note.text for note in explanation.notes if note.about == "Hugo"]
        assert "capacity of 0" in text

    def test_capacity_for_hugo_solves_it(self, lab, marks):
        lab.add_eighth_fault()
        self.update_capacity(lab, "Hugo", 1)
        assert marks(hugo_helps(lab)) == "✓✓"

    def test_capacity_for_gina_gives_her_the_task(self, lab, marks):
        lab.add_eighth_fault()
        self.update_capacity(lab, "Gina", 2)
        found = hugo_helps(lab)
        assert marks(found) == "○○" and "Gina holds it" in str(found)

    def test_capacity_for_hugo_after_gina_gets_the_advice_to_begin_again(self, lab, marks):
        lab.add_eighth_fault()
        self.update_capacity(lab, "Gina", 2)
        self.update_capacity(lab, "Hugo", 1)
        found = hugo_helps(lab)
        assert marks(found) == "✓○" and "To begin again" in found.advice

    def test_fault_added_again_can_be_solved_again(self, lab, marks):
        first = lab.add_eighth_fault()
        self.update_capacity(lab, "Hugo", 1)
        second = lab.add_eighth_fault()
        assert first != second and marks(hugo_helps(lab)) == "○○"
        self.update_capacity(lab, "Hugo", 1)
        assert marks(hugo_helps(lab)) == "✓✓"
