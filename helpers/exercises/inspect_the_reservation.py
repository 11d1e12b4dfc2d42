"""The exercise of lesson 04: a Worker's capacity on a TaskChannel."""

from helpers.exercises.held import held_by
from helpers.exercises.self_check import Line, SelfCheck
from helpers.lessons.workspace import PreparedWorkspace

CAPACITY = 2


def alice_takes_two(lab: PreparedWorkspace) -> SelfCheck:
    """Whether Alice has a capacity of 2 on the channel default, and uses it."""
    channel = lab.workspace.workers(lab.alice_sid).worker_channels("default").fetch()
    capacity = channel.configured_capacity
    held = len(held_by(lab, lab.alice_sid, lab.spanish_queue_sid))
    return SelfCheck(
        "Alice takes two",
        [
            Line(
                f"Alice's capacity on the channel default is {CAPACITY}",
                capacity == CAPACITY,
                f"it is {capacity}",
                "Update Alice's worker channel: it says how much she does at once.",
            ),
            Line(
                "Alice holds two Reservations",
                held == CAPACITY,
                f"she holds {held}",
                "Two Tasks in Spanish must be open, and Alice Idle: run the cell that creates the "
                "second Task, then your line.",
            ),
        ],
    )
