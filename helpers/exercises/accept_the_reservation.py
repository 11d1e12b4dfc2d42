"""The exercise of lesson 05: accepting from the Worker's side."""

from helpers.exercises.held import held_by
from helpers.exercises.self_check import Line, SelfCheck
from helpers.lessons.workspace import PreparedWorkspace


def bob_accepts(lab: PreparedWorkspace) -> SelfCheck:
    """Whether a Task in English, for which Bob was reserved, is assigned to him."""
    held = held_by(lab, lab.bob_sid, lab.english_queue_sid)
    answer, status = "not there", "not there"
    if held:
        reservation, task = held[-1]
        answer, status = reservation.reservation_status, task.assignment_status
    return SelfCheck(
        "Bob accepts",
        [
            Line(
                "Bob was asked about a Task in English",
                bool(held),
                "he holds no Reservation for one",
                "Run the cell that creates the Task once more, and this one after it.",
            ),
            Line(
                "Bob's Reservation is accepted",
                answer == "accepted",
                f"it is {answer}",
                "Find it through the Worker, and update its status.",
            ),
            Line(
                "The Task is assigned",
                status == "assigned",
                f"it is {status}",
                "Nothing more than the Reservation's acceptance is needed; leave the Task alone.",
            ),
        ],
    )
