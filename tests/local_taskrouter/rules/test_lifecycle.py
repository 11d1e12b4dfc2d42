import pytest
from local_taskrouter.rules.lifecycle import (
    RESERVATION,
    RESERVATION_HOLDING,
    STEPS,
    TASK,
    TASK_ENDED,
    TASK_OPEN,
    TASK_WAITING,
    IllegalTransition,
    advance,
    step_index,
)

TASK_MOVES = {
    ("pending", "reserve", "reserved"),
    ("pending", "cancel", "canceled"),
    ("reserved", "reserve", "reserved"),
    ("reserved", "release", "pending"),
    ("reserved", "accept", "assigned"),
    ("reserved", "cancel", "canceled"),
    ("assigned", "wrap_up", "wrapping"),
    ("assigned", "complete", "completed"),
    ("wrapping", "complete", "completed"),
}
RESERVATION_MOVES = {
    ("pending", "accept", "accepted"),
    ("pending", "reject", "rejected"),
    ("pending", "time_out", "timeout"),
    ("pending", "cancel", "canceled"),
    ("pending", "rescind", "rescinded"),
    ("accepted", "wrap_up", "wrapping"),
    ("accepted", "complete", "completed"),
    ("wrapping", "complete", "completed"),
}
TABLES = [
    pytest.param(TASK, TASK_MOVES, id="task"),
    pytest.param(RESERVATION, RESERVATION_MOVES, id="reservation"),
]


@pytest.mark.parametrize("table, documented", TABLES)
def test_every_pair_of_status_and_trigger_moves_as_documented_or_is_refused(table, documented):
    triggers = {trigger for _, trigger, _ in documented}
    moves = set()
    for status in table:
        for trigger in triggers:
            try:
                moves.add((status, trigger, advance(table, status, trigger)))
            except IllegalTransition:
                pass
    assert moves == documented


@pytest.mark.parametrize("table, documented", TABLES)
def test_a_life_begins_pending_and_every_other_status_is_reached(table, documented):
    assert next(iter(table)) == "pending"
    assert {following for _, _, following in documented} | {"pending"} == set(table)


def test_an_illegal_move_says_what_is_possible_instead():
    with pytest.raises(IllegalTransition) as caught:
        advance(TASK, "assigned", "cancel")
    assert (caught.value.status, caught.value.trigger) == ("assigned", "cancel")
    assert str(caught.value) == "cancel is not possible when assigned; possible: wrap_up, complete"


def test_an_illegal_move_out_of_an_end_says_that_it_has_ended():
    with pytest.raises(IllegalTransition, match="nothing, it has ended"):
        advance(RESERVATION, "rescinded", "accept")


def test_an_accepted_reservation_can_not_be_canceled():
    with pytest.raises(IllegalTransition):
        advance(RESERVATION, "accepted", "cancel")


def test_a_task_has_ended_when_its_table_has_no_way_on():
    assert TASK_ENDED == {status for status, moves in TASK.items() if not moves}


def test_task_waits_for_a_worker_while_pending_or_reserved():
    assert TASK_WAITING == {"pending", "reserved"}
    assert TASK_OPEN == ("pending", "reserved", "assigned", "wrapping")


def test_a_reservation_takes_capacity_as_long_as_its_table_has_a_way_on():
    assert RESERVATION_HOLDING == {status for status, moves in RESERVATION.items() if moves}


@pytest.mark.parametrize(
    "assignment_status, reservation_status, worker_available, name",
    [
        ("pending", None, False, "Task Created"),
        ("pending", "rejected", False, "Task Created"),
        ("pending", None, True, "eligible Worker becomes available"),
        ("pending", "timeout", True, "eligible Worker becomes available"),
        ("pending", "pending", False, "Worker reserved"),
        ("reserved", None, False, "Worker reserved"),
        ("reserved", "pending", True, "Worker reserved"),
        ("reserved", "accepted", False, "Reservation accepted"),
        ("assigned", "accepted", False, "Task assigned to Worker"),
        ("wrapping", "wrapping", False, "Task assigned to Worker"),
    ],
)
def test_the_step_a_task_is_at(assignment_status, reservation_status, worker_available, name):
    assert STEPS[step_index(assignment_status, reservation_status, worker_available)] == name


def test_a_task_that_has_ended_is_past_every_step_or_at_none():
    assert step_index("completed", "completed", True) == len(STEPS)
    assert step_index("canceled", "canceled", True) is None


def test_the_step_of_a_status_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="'cancelled' is none of a Task's statuses: pending"):
        step_index("cancelled")
