"""The self-check of lesson 03: one attribute of a Worker changes, and the others stay."""

import json
from typing import Any

from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.exercises.attempt import (
    begin_again,
    judge,
    no_json,
    read_object,
    tasks_in,
    worker_of,
)
from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.workspace import SPANISH, TASK_QUEUES, WORKERS, PreparedWorkspace

CONTACT_URI = "client:bob"
_TITLE = "Bob learns Spanish"


@refreshing
def bob_learns_spanish(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 03: Bob speaks both languages, keeps his contact_uri, and is asked about Spanish #2."""
    tasks = tasks_in(lab, lab.spanish_queue_sid)
    if len(tasks) < 2:
        return begin_again(lab, _TITLE, "Two Tasks in Spanish exist", f"there are {len(tasks)}")
    first, second = tasks[:2]
    if worker_of(lab, first) != lab.alice_sid:
        found = f"that Task is {first.assignment_status}"
        return begin_again(lab, _TITLE, "Alice is asked about Spanish #1", found)
    alice, bob = (lab.workspace.workers(sid).fetch() for sid in (lab.alice_sid, lab.bob_sid))
    is_asked = worker_of(lab, second) == lab.bob_sid
    asked = "Bob is asked" if is_asked else "Bob is not asked yet"
    attributes = read_object(bob.attributes) or {}
    return judge(
        lab,
        _TITLE,
        [
            *_alice(alice),
            *_task_queue(lab, is_asked),
            *_languages(lab, attributes, asked),
            Line(
                "Bob still has his `contact_uri`",
                attributes.get("contact_uri") == CONTACT_URI,
                f"his attributes are {bob.attributes}",
                f"{asked}, and his `contact_uri` is {_lost(attributes)}: no call could reach him. Write all his "
                f'attributes, `"contact_uri": "{CONTACT_URI}"` too.',
            ),
            Line(
                "Bob is asked about Spanish #2",
                is_asked,
                f"that Task is {second.assignment_status}, and Bob is {bob.activity_name}",
                "Bob must be Idle, and have room for a Task.",
            ),
        ],
    )


def _lost(attributes: dict[str, Any]) -> str:
    return "changed" if "contact_uri" in attributes else "lost"


def _languages(lab: PreparedWorkspace, attributes: dict[str, Any], asked: str) -> list[Line]:
    languages = attributes.get("languages")
    found = f"his `languages` are {json.dumps(languages)}"
    known = languages if isinstance(languages, list) else []
    return [
        Line("Bob speaks Spanish", "es" in known, found, _slip(lab, attributes)),
        Line(
            "Bob still speaks English",
            "en" in known,
            found,
            f"{asked}, and has forgotten his English: both languages belong in the list.",
        ),
    ]


def _slip(lab: PreparedWorkspace, attributes: dict[str, Any]) -> str:
    """What to do about attributes without Spanish."""
    if advice := no_json(lab):
        return advice
    others = [key for key in attributes if key not in ("languages", "contact_uri")]
    wrote = f"; you wrote `{others[0]}`" if others else ""
    if "languages" not in attributes:
        return f"The TaskQueue asks for `languages`{wrote}."
    languages = attributes["languages"]
    if languages is None:
        return "`append` returns None: write it on a separate line."
    if not isinstance(languages, list):
        return "`languages` is a text now; HAS needs a list: two strings in brackets."
    if {"spanish", "español", "es"} & {str(each).casefold() for each in languages}:
        return "TaskQueues say `es`."
    if any(isinstance(each, list) for each in languages):
        return 'Append `"es"`, not a list.'
    if "e" in languages and "s" in languages:
        return '`+=` split the text into letters: use `.append("es")`.'
    if others:
        return f"The TaskQueue asks for `languages`{wrote}."
    latest = lab.session.requests.latest_change()
    if latest is None or not latest.path.endswith(lab.bob_sid):
        return (
            'No request has reached Bob: read his attributes, add `"es"` to the list, and end '
            "with `update(attributes=…)`."
        )
    return 'Read his attributes, add `"es"` to the list, and write all of them back.'


def _alice(alice: WorkerInstance) -> list[Line]:
    """A line if Alice was changed in place of Bob."""
    declared = WORKERS["Alice"]
    advice = f"That was Alice. Give her back `{json.dumps(declared)}`, then update Bob."
    changed = read_object(alice.attributes) != declared
    found = f"they are {alice.attributes}"
    return [Line("Alice's attributes are as they were", False, found, advice)] if changed else []


def _task_queue(lab: PreparedWorkspace, is_asked: bool) -> list[Line]:
    """A line if the TaskQueue was changed in place of Bob."""
    declared = TASK_QUEUES[SPANISH]
    expression = lab.workspace.task_queues(lab.spanish_queue_sid).fetch().target_workers
    so = "Bob is asked, and so will every Worker without Spanish" if is_asked else "Bob must learn"
    advice = f"{so}: put `{declared}` back into the TaskQueue."
    found = f"it asks for `{expression}`"
    return [Line("The TaskQueue asks for Spanish", False, found, advice)] * (expression != declared)
