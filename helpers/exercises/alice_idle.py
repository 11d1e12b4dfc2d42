"""The exercise of lesson 03: a waiting Task meets a Worker whose attributes have changed."""

from helpers.exercises.held import held_by
from helpers.exercises.self_check import Line, SelfCheck
from helpers.lessons.workspace import TASK_QUEUES, PreparedWorkspace
from helpers.tables.work import matches


def bob_learns_spanish(lab: PreparedWorkspace) -> SelfCheck:
    """Whether Bob speaks both languages and holds a Task in Spanish."""
    bob = lab.workspace.workers(lab.bob_sid).fetch()
    english, spanish = (matches(expression, bob) for expression in TASK_QUEUES.values())
    asked = bool(held_by(lab, lab.bob_sid, lab.spanish_queue_sid))
    both = "Update Bob's attributes: his languages are one list."
    return SelfCheck(
        "Bob learns Spanish",
        [
            Line("Bob speaks Spanish", spanish, f"his attributes are {bob.attributes}", both),
            Line(
                "Bob still speaks English",
                english,
                f"his attributes are {bob.attributes}",
                f"New attributes take the place of all the old ones. {both}",
            ),
            Line(
                "Bob is asked about a Task in Spanish",
                asked,
                f"he holds none, and is {bob.activity_name}",
                "A Task in Spanish must wait, and Bob must be Idle: run the cell that creates the "
                "Task, then your line.",
            ),
        ],
    )
