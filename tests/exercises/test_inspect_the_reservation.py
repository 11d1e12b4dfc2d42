import pytest

from helpers.exercises import alice_takes_two


@pytest.fixture
def here(stage):
    here = stage("task waiting")
    here.alice.update(activity_sid=here.lab.idle_sid)
    return here


def room_for(here, capacity):
    here.alice.worker_channels("default").update(capacity=capacity)


def test_unsolved_she_holds_one(here, marks):
    here.task({"selected_language": "es"})
    found = alice_takes_two(here.lab)
    assert marks(found) == "○○"
    assert [str(line).partition(": ")[2] for line in found.lines] == ["it is 1", "she holds 1"]


def test_without_a_second_task_the_room_stays_empty(here, marks):
    room_for(here, 2)
    found = alice_takes_two(here.lab)
    assert marks(found) == "✓○"
    assert "run the cell that creates the second Task" in found.advice


def test_with_room_for_two_she_is_asked_about_both(here, marks):
    here.task({"selected_language": "es"})
    room_for(here, 2)
    assert marks(alice_takes_two(here.lab)) == "✓✓"


def test_more_room_than_asked_for_is_not_it(here, marks):
    here.task({"selected_language": "es"})
    room_for(here, 3)
    assert marks(alice_takes_two(here.lab)) == "○✓"


def test_bobs_room_is_not_hers(here, marks):
    here.task({"selected_language": "es"})
    here.bob.worker_channels("default").update(capacity=2)
    assert marks(alice_takes_two(here.lab)) == "○○"
