"""The self-checks of lesson 04: which requests to trust, and how much a Worker takes at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import overload
from weakref import WeakKeyDictionary

from twilio.request_validator import RequestValidator
from twilio.rest.taskrouter.v1.workspace.worker.worker_channel import WorkerChannelInstance

from helpers.checks import wait_for
from helpers.exercises.attempt import (
    begin_again,
    judge,
    read_object,
    refused,
    tasks_in,
    worker_of,
)
from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.workspace import CAPACITY, TASK_ATTRIBUTES, WORKERS, PreparedWorkspace
from helpers.session.request_log import RequestLog

_MAIL, _ROOM = "The mail", "Room for two"
_HOW = (
    "A validator wants the `url`, the `parameters` as a dictionary and the `signature` as text; give "
    "`mail.genuine` the positions of the requests for which it says True."
)
_NO_URL = (
    "Set TASKROUTER_PUBLIC_URL, as lesson 12 shows, or do this exercise with the local TaskRouter."
)
_FORGED = {
    2: "Request 2 asks for priority 100; TaskRouter sent 0, and signed that.",
    3: "Request 3 has no signature: anyone could have sent it.",
    4: "Request 4 has the right parameters and another URL; the URL is signed too.",
}
_mails: WeakKeyDictionary[RequestLog, "Mail"] = WeakKeyDictionary()


@dataclass(frozen=True)
class Letter:
    """A request as it reached a server: its URL, its parameters, and its signature or ""."""

    url: str
    parameters: dict[str, str]
    signature: str


class Mail(Sequence[Letter]):
    """Five requests. `genuine` is the learner's answer: the positions of those to trust."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self._letters = letters
        self.genuine: object = None

    @overload
    def __getitem__(self, index: int) -> Letter: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Letter]: ...
    def __getitem__(self, index: int | slice) -> Letter | Sequence[Letter]:
        return self._letters[index]

    def __len__(self) -> int:
        return len(self._letters)

    def __repr__(self) -> str:
        if not self._letters:
            return "The mail is empty: real Twilio cannot call this server without a public URL."
        return f"{len(self)} requests, each with url, parameters and signature"


def open_mail(lab: PreparedWorkspace) -> Mail:
    """Let Alice be asked about a Task, reject it and be asked again; return what a server got then.

    The first two requests are TaskRouter's. The others are the second one with another priority,
    without its signature, and sent to another URL. Without a callback URL the mail is empty.
    """
    workflow = lab.workspace.workflows(lab.workflow_sid).fetch()
    made = lab.workspace.tasks.create(
        workflow_sid=lab.workflow_sid, attributes=json.dumps(TASK_ATTRIBUTES)
    )
    task = lab.workspace.tasks(str(made.sid))
    wait_for("a Reservation", task.reservations.list)[0].update(reservation_status="rejected")
    wait_for("another Reservation", lambda: task.reservations.list(reservation_status="pending"))
    letters: list[Letter] = []
    if workflow.assignment_callback_url:
        letters = [_received(lab, str(one.sid)) for one in task.reservations.list()]
        genuine = letters[-1]
        letters += [
            replace(genuine, parameters={**genuine.parameters, "TaskPriority": "100"}),
            replace(genuine, signature=""),
            replace(genuine, url=genuine.url.replace("/assignment_callback", "/callback")),
        ]
    _mails[lab.session.requests] = mail = Mail(letters)
    return mail


def _received(lab: PreparedWorkspace, reservation_sid: str) -> Letter:
    """The callback about a Reservation, as the learner's server received it."""

    def found() -> list[Letter]:
        return [
            Letter(each.url, each.parameters, each.request_headers["X-Twilio-Signature"])
            for each in lab.session.requests.received()
            if each.parameters.get("ReservationSid") == reservation_sid
        ]

    return wait_for("the callback", found, hint="Run the first cell of this exercise again.")[-1]


@refreshing
def the_mail(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 04: `mail.genuine` has the positions of the requests that TaskRouter signed."""
    mail = _mails.get(lab.session.requests)
    if mail is None:
        return begin_again(lab, _MAIL, "The mail has arrived", "not yet")
    if not mail:
        return SelfCheck(_MAIL, [Line("The mail has arrived", False, "it is empty", _NO_URL)])
    chosen = mail.genuine
    if isinstance(chosen, list | tuple | set) and all(type(one) is int for one in chosen):
        return SelfCheck(_MAIL, _trust(lab, mail, set(chosen)))
    found = "`mail.genuine` is not set" if chosen is None else f"`mail.genuine` is {chosen!r}"
    if isinstance(chosen, Letter) or (
        isinstance(chosen, list | tuple) and any(isinstance(one, Letter) for one in chosen)
    ):
        found = "`mail.genuine` holds requests, not positions"
    return SelfCheck(
        _MAIL,
        [
            Line(
                "You have chosen the requests to trust",
                False,
                found,
                _HOW if chosen is None else "Positions, please: a list of whole numbers.",
            )
        ],
    )


def _trust(lab: PreparedWorkspace, mail: Mail, chosen: set[int]) -> list[Line]:
    validator = RequestValidator(lab.session.auth_token or "")
    genuine = {
        number
        for number, one in enumerate(mail)
        if validator.validate(one.url, one.parameters, one.signature)
    }
    missing, wrong = sorted(genuine - chosen), sorted(chosen - genuine)
    if not chosen:
        advice = (
            "Your validator trusts none: give it `session.auth_token` and each request's own `url`."
        )
    elif chosen == {number + 1 for number in genuine}:
        advice = "Positions begin at 0."
    else:
        advice = (
            f"Request {missing[0]} is genuine. A signature says who sent it, not whether the "
            "question is still open."
            if missing
            else ""
        )
    return [
        Line(
            "You trust every request that TaskRouter signed",
            not missing,
            f"you trust {sorted(chosen)}",
            advice,
        ),
        Line(
            "You trust no other",
            not wrong,
            f"you trust {sorted(chosen)}",
            _FORGED.get(wrong[0], f"There is no request {wrong[0]}.") if wrong else "",
        ),
    ]


@refreshing
def room_for_two(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 04: Alice's capacity is 2, she is asked about two Tasks, and nothing else changed."""
    tasks = tasks_in(lab, lab.spanish_queue_sid)
    if len(tasks) < 2:
        return begin_again(lab, _ROOM, "Two Tasks in Spanish exist", f"there are {len(tasks)}")
    if worker_of(lab, tasks[0]) != lab.alice_sid:
        found = f"that Task is {tasks[0].assignment_status}"
        return begin_again(lab, _ROOM, "Alice is asked about Spanish #1", found)
    channel = lab.workspace.workers(lab.alice_sid).worker_channels("default").fetch()
    capacity = channel.configured_capacity
    return judge(
        lab,
        _ROOM,
        [
            *_changed_beside(lab, channel),
            Line(
                "Alice's channel `default` has room for two",
                capacity == 2,
                f"its capacity is {capacity}",
                _capacity_advice(lab, channel),
            ),
            Line(
                "Alice is asked about both Tasks",
                worker_of(lab, tasks[1]) == lab.alice_sid,
                f"Spanish #2 is {tasks[1].assignment_status}",
                "TaskRouter asks her as soon as she is Idle and has room.",
            ),
        ],
    )


def _capacity_advice(lab: PreparedWorkspace, channel: WorkerChannelInstance) -> str:
    sent, capacity = lab.session.requests.latest_change(), channel.configured_capacity
    hers = ("default", channel.sid, channel.task_channel_sid)
    if sent and refused(lab) and not sent.parameters.get("Capacity", "0").isdecimal():
        return "Capacity is a whole number; nothing changed."
    other = sent and "/Channels/" in sent.path and sent.path.split("/")[-1] not in hers
    if other and capacity == CAPACITY and not refused(lab):
        return "These Tasks are on `default`: update that channel of hers."
    if capacity != CAPACITY:
        return "Two customers at once are a capacity of 2."
    return (
        'A Worker has no capacity; her channel has: update `worker_channels("default")`, with '
        "`capacity=…`."
    )


def _changed_beside(lab: PreparedWorkspace, channel: WorkerChannelInstance) -> list[Line]:
    """A line for each thing that was changed besides the capacity of Alice's `channel`."""
    alice = lab.workspace.workers(lab.alice_sid).fetch()
    bob = lab.workspace.workers(lab.bob_sid).worker_channels("default").fetch()
    declared = WORKERS["Alice"]
    lines = [
        Line(
            "Alice's attributes are as they were",
            read_object(alice.attributes) == declared,
            f"they are {alice.attributes}",
            "Attributes describe her; her channel says how much she takes. Give her back "
            f"`{json.dumps(declared)}`.",
        ),
        Line(
            "Alice's channel is available",
            bool(channel.available),
            "it is not",
            "Her channel is not available: set `available=True`.",
        ),
        Line(
            "Alice is still Idle",
            alice.activity_name == "Idle",
            f"she is {alice.activity_name}",
            "Her Activity says whether she is asked, not how often: update her with `lab.idle_sid`.",
        ),
        Line(
            "Bob's capacity is as it was",
            bob.configured_capacity == CAPACITY,
            f"it is {bob.configured_capacity}",
            f"That is Bob's. Set it back to {CAPACITY}, and update Alice's.",
        ),
    ]
    return [line for line in lines if not line.right]
