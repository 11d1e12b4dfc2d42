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
def test_every_status_and_trigger_advances_as_documented_or_raises(table, documented):
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
def test_lifecycle_begins_pending_and_reaches_every_status(table, documented):
    assert next(iter(table)) == "pending"
    assert {following for _, _, following in documented} | {"pending"} == set(table)


def test_illegal_transition_lists_possible_triggers():
    with pytest.raises(IllegalTransition) as caught:
        advance(TASK, "assigned", "cancel")
    assert (caught.value.status, caught.value.trigger) == ("assigned", "cancel")
    assert str(caught.value) == "cancel is not possible when assigned; possible: wrap_up, complete"


def test_illegal_transition_from_a_final_status_names_the_end():
    with pytest.raises(IllegalTransition, match="nothing, it has ended"):
        advance(RESERVATION, "rescinded", "accept")


def test_accepted_reservation_can_not_be_canceled():
    with pytest.raises(IllegalTransition):
        advance(RESERVATION, "accepted", "cancel")


def test_ended_statuses_are_those_without_transitions():
    assert TASK_ENDED == {status for status, moves in TASK.items() if not moves}


def test_task_waits_for_a_worker_while_pending_or_reserved():
    assert TASK_WAITING == {"pending", "reserved"}
    assert TASK_OPEN == ("pending", "reserved", "assigned", "wrapping")


def test_reservation_takes_capacity_until_a_final_status():
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
def test_step_index_names_the_current_step(
    assignment_status, reservation_status, worker_available, name
):
    assert STEPS[step_index(assignment_status, reservation_status, worker_available)] == name


def test_ended_task_is_past_every_step_or_at_none():
    assert step_index("completed", "completed", True) == len(STEPS)
    assert step_index("canceled", "canceled", True) is None


def test_step_index_of_an_unknown_status_raises():
    with pytest.raises(ValueError, match="'cancelled' is none of a Task's statuses: pending"):
        step_index("cancelled")
