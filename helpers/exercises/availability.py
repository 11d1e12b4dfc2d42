"""The exercises of lesson 01: who is available, and who matches."""

import re

from local_taskrouter.rules.expression import ExpressionSyntaxError, parse
from local_taskrouter.rules.scope import Attributes

from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.workspace import ENGLISH, SPANISH, TASK_QUEUES, PreparedWorkspace

LUNCH = "Lunch"


@refreshing
def bob_is_at_lunch(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 01: Bob, and only Bob, is in an Activity Lunch, in which he gets no Tasks."""
    activities = [activity.friendly_name for activity in lab.workspace.activities.list()]
    alice = lab.workspace.workers(lab.alice_sid).fetch()
    bob = lab.workspace.workers(lab.bob_sid).fetch()
    bob_is = f"he is {_in(bob.activity_name)}"
    return SelfCheck(
        "Lunch",
        [
            Line(
                "There is an Activity Lunch",
                LUNCH in activities,
                f"the Activities are {', '.join(map(str, activities))}",
                _no_lunch_yet(activities, bob.activity_name or ""),
            ),
            Line(
                "Bob is at Lunch",
                bob.activity_name == LUNCH,
                bob_is,
                _not_at_lunch(lab, alice.activity_name or "", bob.activity_name or ""),
            ),
            Line(
                "Bob gets no Tasks",
                not bob.available,
                f"{bob_is}, which is available",
                "Bob is at Lunch and still gets Tasks. The flag can't be changed: create the "
                "Activity again with `available=False`, and send Bob to the new one.",
            ),
            Line(
                "Alice is still Offline",
                alice.activity_name == "Offline",
                f"she is {_in(alice.activity_name)}",
                "Update Alice with `lab.offline_sid`.",
            ),
        ],
    )


def _in(activity: str | None) -> str:
    """The Activity, as it follows "is": "in Lunch", but "Idle"."""
    return f"in {activity}" if activity == LUNCH else str(activity)


def _no_lunch_yet(activities: list[str | None], activity_of_bob: str) -> str:
    if LUNCH.casefold() in {str(name).casefold() for name in activities}:
        return "Its name is `Lunch`, with a capital L: create it again."
    if activity_of_bob == "Idle":
        return 'Create it: `workspace.activities.create("Lunch", …)`.'
    return (
        f"A wallboard can't tell lunch from any other reason to be {activity_of_bob}: create Lunch."
    )


def _not_at_lunch(lab: PreparedWorkspace, alice: str, bob: str) -> str:
    latest = lab.session.requests.latest_change()
    if alice == LUNCH:
        return f"Alice is at Lunch; Bob is still {bob}. Look whose SID is in your line."
    if latest and latest.status == 400 and "ActivitySid" in latest.parameters:
        if latest.parameters["ActivitySid"].startswith("<Twilio"):
            return "`activity_sid` takes the Activity's SID, not the Activity: `lunch.sid`."
        return "`activity_sid` takes a SID (WA…), not a name."
    return (
        "Lunch exists. Now move Bob: `workspace.workers(lab.bob_sid).update(activity_sid=…)`, "
        "with its SID."
    )


@refreshing
def both_languages(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 01: the English TaskQueue takes only Workers who speak English and Spanish.

    Tries the TaskQueue's expression on made-up Workers, so any expression that does this is right.
    """
    queues = {queue.friendly_name: queue for queue in lab.workspace.task_queues.list()}
    expression = str(queues[ENGLISH].target_workers)
    advice = _slip(lab, expression, str(queues[SPANISH].target_workers))

    def line(who: str, languages: list[str], wanted: bool) -> Line:
        matches = _matches(expression, {"languages": languages})
        return Line(
            f"A Worker who speaks {who} {'matches' if wanted else 'does not match'}",
            matches == wanted,
            f"such a Worker {'matches' if matches else 'does not match'} `{expression}`",
            advice,
        )

    return SelfCheck(
        "Two languages",
        [
            line("English and Spanish", ["en", "es"], True),
            line("only English", ["en"], False),
            line("only Spanish", ["es"], False),
        ],
    )


_SLIPS = (
    (r"\bHAS\s*\[", "HAS takes one value: no list contains a list."),
    (r"==\s*\[", "== compares single values, and is false for lists. Use HAS for each language."),
    (r"\bIN\s*\[", "IN looks for one value in your list, and `languages` is a list: use HAS."),
    (r"\bCONTAINS\b", "CONTAINS looks into a text; HAS looks into a list."),
    (
        r"""\bHAS\s+(["']\w+[\s,;]+\w[^"']*["'])""",
        r"`\1` is one value, and no list holds it: write two conditions.",
    ),
    (r"\bOR\b", "One language is enough with OR; Bob still matches."),
    (
        r"\bHAS\s+(?!true|false|null)([a-z]\w*)",
        r"`\1` without quotes is a key, and no Worker has it.",
    ),
)


def _slip(lab: PreparedWorkspace, expression: str, spanish: str) -> str:
    """What to do about the English TaskQueue's `expression`."""
    latest = lab.session.requests.latest_change()
    if latest and latest.status == 400 and "TargetWorkers" in latest.parameters:
        refused = latest.parameters["TargetWorkers"]
        if value := re.search(r"""\b(?:AND|OR)\s+(["'][^"']*["'])""", refused, re.IGNORECASE):
            return f"`{value[1]}` alone is no condition: write a whole one on both sides of AND."
        return f"TaskRouter refused `{refused}`: its message points at the place."
    if spanish != TASK_QUEUES[SPANISH]:
        return "You changed the Spanish TaskQueue. Run the first cell, and update the English one."
    if expression == TASK_QUEUES[ENGLISH]:
        return f"The English TaskQueue still has `{expression}`: `update(target_workers=…)`."
    for pattern, advice in _SLIPS:
        if found := re.search(pattern, expression, re.IGNORECASE):
            return found.expand(advice)
    keys = re.findall(r"(\w+)\s+HAS\b", expression, re.IGNORECASE) or expression.split()[:1]
    for key in keys:
        if key != "languages":
            return f"There is a slip in the name: no Worker has the key `{key}`: theirs is `languages`."
    if re.search(r"""["']E[NS]["']""", expression):
        return 'The languages are `"en"` and `"es"`: capital letters count.'
    values = re.findall(r"""\bHAS\s+["']([^"']*)["']""", expression, re.IGNORECASE)
    for value in values if values[1:] else []:
        if value not in ("en", "es"):
            return f'No Worker speaks `"{value}"`: the languages are `"en"` and `"es"`.'
    if expression == TASK_QUEUES[SPANISH]:
        return "Spanish alone is not enough: keep the first condition."
    return "One language is not enough: add a second condition."


def _matches(expression: str, attributes: Attributes) -> bool:
    """Whether a Worker with these attributes matches the TaskQueue's expression."""
    try:
        return parse(expression).matches(attributes)
    except ExpressionSyntaxError:  # real Twilio may accept more than our parser
        return False
