"""The exercises of lesson 01: a Worker's Activity, and an expression of two conditions."""

import json
from dataclasses import dataclass

from helpers.exercises.self_check import Line, SelfCheck
from helpers.lessons.workspace import PreparedWorkspace
from helpers.tables.work import matches


def bob_has_lunch(lab: PreparedWorkspace) -> SelfCheck:
    """Whether Bob, and only Bob, was sent to the Activity Unavailable."""
    alice = lab.workspace.workers(lab.alice_sid).fetch().activity_name
    bob = lab.workspace.workers(lab.bob_sid).fetch().activity_name
    update = "Update Bob as you updated Alice, with the SID of another Activity."
    undo = "Update Alice with lab.offline_sid; then look whose SID is in your line."
    return SelfCheck(
        "Bob has lunch",
        [
            Line("Alice is still Offline", alice == "Offline", f"she is {alice}", undo),
            Line("Bob is Unavailable", bob == "Unavailable", f"he is {bob}", update),
        ],
    )


@dataclass(frozen=True)
class _Somebody:
    """A Worker who is not in the Workspace, to try an expression on."""

    attributes: str


def both_languages(lab: PreparedWorkspace) -> SelfCheck:
    """Whether the English TaskQueue takes those who speak English and Spanish, and nobody else.

    The expression is tried on Workers who are not there: what it says counts, not how.
    """
    expression = lab.workspace.task_queues(lab.english_queue_sid).fetch().target_workers

    def line(who: str, languages: list[str], wanted: bool, advice: str) -> Line:
        found = matches(expression, _Somebody(json.dumps({"languages": languages})))
        return Line(
            f"A Worker who speaks {who} {'matches' if wanted else 'does not match'}",
            found == wanted,
            f"one does{'' if found else ' not'}, by {expression}",
            advice,
        )

    second = "One language is not enough: add a second condition."
    return SelfCheck(
        "Two languages for one TaskQueue",
        [
            line("English and Spanish", ["en", "es"], True, "Both conditions must hold for her."),
            line("only English", ["en"], False, second),
            line(
                "only Spanish",
                ["es"],
                False,
                "Spanish alone is not enough: keep the first condition.",
            ),
        ],
    )
