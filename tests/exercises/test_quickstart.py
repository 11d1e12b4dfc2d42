import pytest
from twilio.base import values

from helpers import exercises

ENGLISH, SPANISH = {"selected_language": "en"}, {"selected_language": "es"}


@pytest.fixture
def offline(exercise_workspace):
    """Alice is Offline, Bob is Idle, and there are no Tasks."""
    return exercise_workspace("alice offline")


@pytest.fixture
def reserved(exercise_workspace):
    """Alice holds a Reservation for a Task in Spanish."""
    space = exercise_workspace("task waiting")
    space.alice.update(activity_sid=space.lab.idle_sid)
    return space


class TestUrgentTask:
    def test_without_a_task_in_english_no_line_is_right(self, offline, marks):
        offline.task(SPANISH, priority=5)
        found = exercises.urgent_task(offline.lab)
        assert marks(found) == "○○○"
        assert str(found.lines[0]) == "○ There is a Task in English: there is none"

    def test_task_without_priority_reports_the_default(self, offline, marks):
        offline.task(ENGLISH)
        found = exercises.urgent_task(offline.lab)
        assert marks(found) == "✓✓○"
        assert str(found.lines[2]) == "○ Its priority is 5: it is 0"

    @pytest.mark.parametrize("priority", [4, 50])
    def test_another_priority_is_not_enough(self, offline, marks, priority):
        offline.task(ENGLISH, priority=priority)
        assert marks(exercises.urgent_task(offline.lab)) == "✓✓○"

    def test_task_sent_straight_to_the_wrong_task_queue_gets_advice(self, offline, marks):
        offline.task(
            ENGLISH,
            priority=5,
            workflow_sid=values.unset,
            routing_target=offline.lab.spanish_queue_sid,
        )
        found = exercises.urgent_task(offline.lab)
        assert marks(found) == "✓○✓"
        assert str(found.lines[1]).endswith("it is in Customer Care Requests - Spanish")
        assert "the Workflow finds the TaskQueue" in found.advice

    def test_urgent_task_among_others_solves_it(self, offline, marks):
        offline.task(ENGLISH)
        offline.task(ENGLISH, priority=5)
        offline.task(ENGLISH)
        offline.task(SPANISH)
        assert marks(exercises.urgent_task(offline.lab)) == "✓✓✓"

    def test_canceled_task_does_not_count(self, offline, marks):
        offline.task(ENGLISH, priority=5).update(assignment_status="canceled")
        assert marks(exercises.urgent_task(offline.lab)) == "○○○"
