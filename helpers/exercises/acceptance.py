"""The self-checks of lesson 05: accept one Task of three, and let a server decide for itself."""

import json
import re
from typing import Any

from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.checks import wait_for
from helpers.exercises.attempt import (
    BEGIN,
    begin_again,
    judge,
    read_object,
    refused,
    reservations_of,
    tasks_in,
    worker_of,
)
from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.workspace import PreparedWorkspace, prepare
from helpers.session.request_log import Exchange

_PASSWORD, _SERVER = "The password", "Your server decides"
_TOPICS = ("invoice", "password", "refund")
_LANGUAGES = ("es", "en", "en")
_MANY = 20  # Reservations of one Task: the server rejects it again and again


def customers_for_bob(lab: PreparedWorkspace) -> None:
    """Let customers write in English about three topics, and wait until Bob is asked about each.

    He has room for three. Each time they write in another order, so that no position finds a topic.
    """
    before = [_attributes(task).get("topic") for task in tasks_in(lab, lab.english_queue_sid)]
    prepare(lab.session, "alice offline")
    space = lab.workspace
    space.workers(lab.bob_sid).worker_channels("default").update(capacity=len(_TOPICS))
    again = sorted(map(str, before)) == sorted(_TOPICS)
    for topic in [*before[1:], before[0]] if again else _TOPICS:
        attributes = json.dumps({"selected_language": "en", "topic": topic})
        space.tasks.create(workflow_sid=lab.workflow_sid, attributes=attributes)
    wait_for(
        "Bob is asked about all three", lambda: _bob_is_asked(lab), hint="Run this cell again."
    )


def _bob_is_asked(lab: PreparedWorkspace) -> bool:
    tasks = tasks_in(lab, lab.english_queue_sid)
    return [task.assignment_status for task in tasks] == ["reserved"] * len(_TOPICS)


@refreshing
def the_password(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 05: Bob has accepted the Task about a password, and none about another topic."""
    topics = {_attributes(task).get("topic"): task for task in tasks_in(lab, lab.english_queue_sid)}
    if not topics.keys() >= set(_TOPICS):
        return begin_again(lab, _PASSWORD, "Three customers have written", "their Tasks are gone")
    password = topics["password"]
    others = {topic: topics[topic] for topic in _TOPICS if topic != "password"}
    if any(worker_of(lab, task) != lab.bob_sid for task in others.values()):
        found = ", ".join(f"{topic} is {task.assignment_status}" for topic, task in others.items())
        canceled = [topic for topic, task in others.items() if task.assignment_status == "canceled"]
        what = "Bob is asked about the other two"
        if not canceled:
            return begin_again(lab, _PASSWORD, what, found)
        customers = "its customer gets" if len(canceled) == 1 else "their customers get"
        advice = (
            f"You canceled the {' and the '.join(canceled)}, and {customers} no answer. {BEGIN}"
        )
        return begin_again(lab, _PASSWORD, what, found, advice)
    is_accepted = password.assignment_status == "assigned"
    return judge(
        lab,
        _PASSWORD,
        [
            *(_left_alone(lab, topic, task, is_accepted) for topic, task in others.items()),
            Line(
                "The password is assigned to Bob",
                is_accepted,
                f"that Task is {password.assignment_status}",
                _about_the_password(lab, password),
            ),
        ],
    )


def _left_alone(lab: PreparedWorkspace, topic: str, task: TaskInstance, is_accepted: bool) -> Line:
    asked = [str(one.reservation_status) for one in reservations_of(lab, task)]
    if len(asked) > 1:
        advice = (
            f"TaskRouter asked Bob about it again at once; a rejected question returns. {BEGIN}"
        )
    elif is_accepted:
        advice = f"The {topic} is assigned too; Bob has two customers at once. {BEGIN}"
    else:
        advice = f"You accepted the {topic}: the order of a list tells you nothing about the topic. {BEGIN}"
    return Line(
        f"Bob still has one open question about the {topic}",
        asked == ["pending"],
        f"that Task is {task.assignment_status}, its Reservations are {', '.join(asked)}",
        advice,
    )


def _about_the_password(lab: PreparedWorkspace, password: TaskInstance) -> str:
    sent = refused(lab)
    if password.assignment_status == "completed":
        return f"You completed it as well: this exercise stops at accepted. {BEGIN}"
    if any(one.reservation_status == "rejected" for one in reservations_of(lab, password)):
        return f"You rejected it, and TaskRouter asked Bob again. {BEGIN}"
    if sent and "AssignmentStatus" in sent.parameters:
        return "A Task can't be set to assigned; accept its Reservation."
    if sent and "/Reservations/WT" in sent.path:
        return "That SID begins with WT; a Reservation's begins with WR."
    return "Find the Task by its topic, then its pending Reservation, and accept that."


def three_customers(lab: PreparedWorkspace, callback_url: str) -> None:
    """Let three customers write, one in Spanish and two in English, and wait for the callbacks.

    Alice has room for two, so she is asked in both languages, and Bob once.
    """
    prepare(lab.session, "alice available")
    space = lab.workspace
    space.workflows(lab.workflow_sid).update(assignment_callback_url=callback_url)
    space.workers(lab.alice_sid).worker_channels("default").update(capacity=2)
    for language in _LANGUAGES:
        attributes = json.dumps({"selected_language": language})
        space.tasks.create(workflow_sid=lab.workflow_sid, attributes=attributes)
    if callback_url:
        hint = "Does your route answer within five seconds? Then run this cell again."
        wait_for("the answers of your server", lambda: _is_settled(lab), hint=hint)


@refreshing
def your_server_decides(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 05: the learner's server accepts a Task in Spanish and leaves two in English open."""
    spanish = tasks_in(lab, lab.spanish_queue_sid)
    english = tasks_in(lab, lab.english_queue_sid)
    if (len(spanish), len(english)) != (1, 2):
        return begin_again(lab, _SERVER, "Three customers have written", "their Tasks are gone")
    [in_spanish] = spanish
    return judge(
        lab,
        _SERVER,
        [
            Line(
                "The Task in Spanish is assigned",
                in_spanish.assignment_status == "assigned",
                f"it is {in_spanish.assignment_status}",
                _about_the_answer(_callback_about(lab, in_spanish)),
            ),
            *_left_open(lab, english),
        ],
    )


def _about_the_answer(callback: Exchange | None) -> str:
    """What to change in the route that answered this callback about the Task in Spanish."""
    if callback is None:
        return (
            "Real Twilio cannot call your server without a public URL: set TASKROUTER_PUBLIC_URL, "
            "or do this exercise with the local TaskRouter."
        )
    if callback.status != 200:
        return f"Your route answered {callback.status}. {_about_the_error(callback)}"
    answer = read_object(callback.response_body)
    if answer is None:
        return "Answer with a dictionary: Flask turns it into JSON."
    if answer and "instruction" not in answer:
        return "TaskRouter found no `instruction` in your answer, so it did nothing."
    if answer:
        return f"The instruction is `accept`, and not `{answer['instruction']}`."
    return (
        '`TaskAttributes` is JSON text, such as `{"selected_language":"es"}`: read it, and answer '
        "with an instruction. Then run the cell again."
    )


def _about_the_error(callback: Exchange) -> str:
    """What a status other than 200 is due to: our sentence, or the answer's text without HTML."""
    if callback.status == 415:
        return "TaskRouter sends a form: `request.form`."
    if callback.status == 400:
        return "There is no such parameter; the language is inside `TaskAttributes`."
    text = re.sub(r"<[^>]*>", "", callback.response_body).strip()
    if "did not return a valid response" in text:
        return "Your route must return a dictionary on every path."
    if "KeyError: 'language'" in text:
        return f"The key is `selected_language`. {text}"
    if "string indices" in text:
        return f"`TaskAttributes` is JSON text: `json.loads` first. {text}"
    return text


def _left_open(lab: PreparedWorkspace, english: list[TaskInstance]) -> list[Line]:
    """Lines for the Tasks in English: Bob's, Alice's, and one if the route failed about either."""
    asked = {worker_of(lab, task): task for task in english}
    hers, his = asked.get(lab.alice_sid), asked.get(lab.bob_sid)
    rejected = any(len(reservations_of(lab, task)) > 1 for task in english)
    his_is_open = his is not None and his.assignment_status == "reserved" and not rejected
    callbacks = [_callback_about(lab, task) for task in english]
    failed = [one.status for one in callbacks if one and one.status != 200]
    again = "TaskRouter asks again after each rejection: answer `{}` to leave it to "
    return [
        Line(
            "Bob decides about his Task in English",
            his_is_open,
            "your server rejected one" if rejected else _status(his),
            "Bob's Task was accepted as well: accept only those in Spanish."
            if his is not None and not rejected
            else f"{again}Bob.",
        ),
        Line(
            "Alice decides about hers",
            hers is not None and hers.assignment_status == "reserved" and not rejected,
            "your server rejected one" if rejected else _status(hers),
            f"{again}Alice."
            if rejected
            else "You looked at who was asked. If Alice is asked in English, your server accepts that too: "
            "`TaskAttributes` says what is asked."
            if his_is_open
            else "Accept only what is in Spanish.",
        ),
        *(
            Line(
                "Your route answers 200 about every Task",
                False,
                f"it answered {status}",
                f"It answered {status} about a Task in English: return `{{}}`.",
            )
            for status in failed[:1]
        ),
    ]


def _status(task: TaskInstance | None) -> str:
    return f"it is {task.assignment_status}" if task else "no Worker has been asked about it"


def _attributes(task: TaskInstance) -> dict[str, Any]:
    return read_object(task.attributes) or {}


def _callback_about(lab: PreparedWorkspace, task: TaskInstance) -> Exchange | None:
    received = lab.session.requests.received()
    return next((one for one in received[::-1] if one.parameters.get("TaskSid") == task.sid), None)


def _is_settled(lab: PreparedWorkspace) -> bool:
    """Whether the server has answered each open question, and TaskRouter has acted on it."""
    answers = {
        each.parameters.get("ReservationSid"): read_object(each.response_body) or {}
        for each in lab.session.requests.received()
    }
    asked = [one for task in lab.workspace.tasks.list() for one in reservations_of(lab, task)]
    pending = [one.sid for one in asked if one.reservation_status == "pending"]
    left_open = [sid in answers and answers[sid].get("instruction") != "accept" for sid in pending]
    return len(asked) >= len(_LANGUAGES) and (all(left_open) or len(asked) > _MANY)
