import pytest

from helpers.exercises import bob_accepts


@pytest.fixture
def here(stage):
    return stage("alice offline")


def test_without_a_task_there_is_nothing_to_accept(here, marks):
    found = bob_accepts(here.lab)
    assert marks(found) == "○○○"
    assert "Run the cell that creates the Task" in found.advice


def test_unsolved_his_reservation_is_pending(here, marks):
    here.task({"selected_language": "en"})
    found = bob_accepts(here.lab)
    assert marks(found) == "✓○○"
    assert str(found.lines[1]) == "○ Bob's Reservation is accepted: it is pending"
    assert str(found.lines[2]) == "○ The Task is assigned: it is reserved"


def test_accepted_the_task_is_assigned(here, marks):
    here.answer(here.task({"selected_language": "en"}), "accepted")
    assert marks(bob_accepts(here.lab)) == "✓✓✓"


def test_after_a_no_he_holds_nothing(here, marks):
    here.answer(
        here.task({"selected_language": "en"}), "rejected", worker_activity_sid=here.lab.offline_sid
    )
    assert marks(bob_accepts(here.lab)) == "○○○"


def test_wrapping_is_further_than_asked_for(here, marks):
    task = here.task({"selected_language": "en"})
    here.answer(task, "accepted")
    task.update(assignment_status="wrapping")
    assert marks(bob_accepts(here.lab)) == "✓○○"


def test_alices_yes_is_not_his(here, marks):
    here.bob.update(activity_sid=here.lab.offline_sid)
    here.alice.update(activity_sid=here.lab.idle_sid)
    here.answer(here.task({"selected_language": "en"}), "accepted")
    assert marks(bob_accepts(here.lab)) == "○○○"
