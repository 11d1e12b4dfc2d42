import pytest
from twilio.base import values

from helpers.exercises import urgent_task


@pytest.fixture
def here(stage):
    return stage("alice offline")


def test_without_a_task_in_english_nothing_is_right(here, marks):
    here.task({"selected_language": "es"}, priority=5)
    found = urgent_task(here.lab)
    assert marks(found) == "○○○"
    assert str(found.lines[0]) == "○ There is a Task in English: there is none"


def test_a_task_without_priority_is_half_of_it(here, marks):
    here.task({"selected_language": "en"})
    found = urgent_task(here.lab)
    assert marks(found) == "✓✓○"
    assert str(found.lines[2]) == "○ Its priority is 5: it is 0"


@pytest.mark.parametrize("priority", [4, 50])
def test_another_priority_is_not_5(here, marks, priority):
    here.task({"selected_language": "en"}, priority=priority)
    assert marks(urgent_task(here.lab)) == "✓✓○"


def test_a_task_past_the_workflow_may_be_in_the_wrong_task_queue(here, marks):
    here.task(
        {"selected_language": "en"},
        priority=5,
        workflow_sid=values.unset,
        routing_target=here.lab.spanish_queue_sid,
    )
    found = urgent_task(here.lab)
    assert marks(found) == "✓○✓"
    assert "the Workflow finds the TaskQueue" in found.advice


def test_the_urgent_one_counts_also_among_others(here, marks):
    here.task({"selected_language": "en"})
    here.task({"selected_language": "en"}, priority=5)
    here.task({"selected_language": "en"})
    here.task({"selected_language": "es"})
    assert marks(urgent_task(here.lab)) == "✓✓✓"


def test_a_task_that_has_ended_is_not_there(here, marks):
    here.task({"selected_language": "en"}, priority=5).update(assignment_status="canceled")
    assert marks(urgent_task(here.lab)) == "○○○"
