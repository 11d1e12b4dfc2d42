import json

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


class TestBobLearnsSpanish:
    @pytest.fixture
    def waiting(self, reserved):
        """A second Task in Spanish waits, because Alice is busy with the first."""
        reserved.task(SPANISH)
        return reserved

    @staticmethod
    def update_languages(space, *languages):
        space.bob.update(attributes=json.dumps({"languages": languages}))

    def test_unsolved_reports_bobs_activity(self, waiting, marks):
        found = exercises.bob_learns_spanish(waiting.lab)
        assert marks(found) == "○✓○"
        assert str(found.lines[2]) == (
            "○ Bob holds a Reservation for a Task in Spanish: he holds none, and is Idle"
        )

    def test_both_languages_solve_it(self, waiting, marks):
        self.update_languages(waiting, "en", "es")
        assert marks(exercises.bob_learns_spanish(waiting.lab)) == "✓✓✓"

    def test_spanish_alone_gets_the_advice_to_keep_english(self, waiting, marks):
        self.update_languages(waiting, "es")
        found = exercises.bob_learns_spanish(waiting.lab)
        assert marks(found) == "✓○✓"
        assert found.advice.startswith("Next: New attributes replace all the old ones.")

    def test_languages_under_another_key_do_not_count(self, waiting, marks):
        waiting.bob.update(attributes=json.dumps({"language": ["en", "es"]}))
        assert marks(exercises.bob_learns_spanish(waiting.lab)) == "○○○"

    def test_reservation_for_a_task_in_english_does_not_count(self, waiting, marks):
        waiting.task(ENGLISH)
        self.update_languages(waiting, "en", "es")
        assert marks(exercises.bob_learns_spanish(waiting.lab)) == "✓✓○"


class TestAliceTakesTwo:
    @staticmethod
    def update_capacity(worker, capacity):
        worker.worker_channels("default").update(capacity=capacity)

    def test_unsolved_reports_a_capacity_of_one(self, reserved, marks):
        reserved.task(SPANISH)
        found = exercises.alice_takes_two(reserved.lab)
        assert marks(found) == "○○"
        assert [str(line).partition(": ")[2] for line in found.lines] == ["it is 1", "she holds 1"]

    def test_capacity_without_a_second_task_gets_the_advice_to_create_it(self, reserved, marks):
        self.update_capacity(reserved.alice, 2)
        found = exercises.alice_takes_two(reserved.lab)
        assert marks(found) == "✓○"
        assert "run the cell that creates the second Task" in found.advice

    def test_capacity_of_two_with_two_tasks_solves_it(self, reserved, marks):
        reserved.task(SPANISH)
        self.update_capacity(reserved.alice, 2)
        assert marks(exercises.alice_takes_two(reserved.lab)) == "✓✓"

    def test_capacity_of_three_is_not_right(self, reserved, marks):
        reserved.task(SPANISH)
        self.update_capacity(reserved.alice, 3)
        assert marks(exercises.alice_takes_two(reserved.lab)) == "○✓"

    def test_bobs_capacity_does_not_count(self, reserved, marks):
        reserved.task(SPANISH)
        self.update_capacity(reserved.bob, 2)
        assert marks(exercises.alice_takes_two(reserved.lab)) == "○○"


class TestBobAccepts:
    def test_without_a_task_gets_the_advice_to_create_one(self, offline, marks):
        found = exercises.bob_accepts(offline.lab)
        assert marks(found) == "○○○"
        assert "Run the cell that creates the Task" in found.advice

    def test_unsolved_reports_both_statuses(self, offline, marks):
        offline.task(ENGLISH)
        found = exercises.bob_accepts(offline.lab)
        assert marks(found) == "✓○○"
        assert str(found.lines[1]) == "○ Bob's Reservation is accepted: it is pending"
        assert str(found.lines[2]) == "○ The Task is assigned: it is reserved"

    def test_accepted_reservation_solves_it(self, offline, marks):
        offline.answer(offline.task(ENGLISH), "accepted")
        assert marks(exercises.bob_accepts(offline.lab)) == "✓✓✓"

    def test_rejected_reservation_no_longer_counts(self, offline, marks):
        offline.answer(
            offline.task(ENGLISH), "rejected", worker_activity_sid=offline.lab.offline_sid
        )
        assert marks(exercises.bob_accepts(offline.lab)) == "○○○"

    def test_wrapping_task_is_past_the_goal(self, offline, marks):
        task = offline.task(ENGLISH)
        offline.answer(task, "accepted")
        task.update(assignment_status="wrapping")
        assert marks(exercises.bob_accepts(offline.lab)) == "✓○○"

    def test_alices_acceptance_does_not_count(self, offline, marks):
        offline.bob.update(activity_sid=offline.lab.offline_sid)
        offline.alice.update(activity_sid=offline.lab.idle_sid)
        offline.answer(offline.task(ENGLISH), "accepted")
        assert marks(exercises.bob_accepts(offline.lab)) == "○○○"
