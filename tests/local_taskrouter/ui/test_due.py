from typing import Any, cast

import pytest
from local_taskrouter.ui.due import next_due
from local_taskrouter.ui.shape import Shown


def shown(*deadlines: float, status: str = "pending", expires: float = 900.0) -> Shown:
    reservations = [{"worker": "Alice", "deadline": each} for each in deadlines]
    task = {"name": "Spanish #1", "status": status, "expires": expires}
    return cast(Any, {"tasks": [{**task, "reservations": reservations}]})


def test_time_to_answer_is_due_before_timer_that_ends_sooner():
    found = next_due(shown(120.0, 60.0), 30.0)
    assert found == {"says": "Alice's time to answer ends", "at": 60.0}


def test_timer_of_task_is_named_after_it():
    assert next_due(shown(), 900.5) == {"says": "TaskRouter cancels Spanish #1", "at": 900.5}


@pytest.mark.parametrize(
    "of",
    [None, shown(), shown(status="completed", expires=300.0)],
    ids=["nothing", "other", "ended"],
)
def test_other_timer_is_due_without_a_name(of):
    assert next_due(of, 300.0) == {"says": "TaskRouter's next timer ends", "at": 300.0}


def test_nothing_is_due_without_a_timer():
    assert next_due(shown(), None) is None
