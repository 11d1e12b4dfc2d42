"""A Workspace at one moment as JSON: the one shape that the modules in this folder draw.

All of these are plain dicts, made by `shown.show` for the page and for notebooks. Moments are seconds
since 1970 on TaskRouter's clock, or None. Names come first, SIDs are whole. Nothing depends on the
time of reading, so an unchanged Workspace gives an equal value: the page counts ages and seconds left.
"""

from typing import TypedDict


class ShownActivity(TypedDict):
    """An Activity that a Worker can choose."""

    sid: str
    name: str
    available: bool


class ShownFilter(TypedDict):
    """A filter, in the Workflow's order; the default filter is last. `queue_sid` is its first target's."""

    name: str
    expression: str
    queue_sid: str


class ShownWorkflow(TypedDict):
    """A Workflow; `timeout` is the seconds a Worker has to answer."""

    sid: str
    name: str
    filters: list[ShownFilter]
    timeout: int


class ShownTaskQueue(TypedDict):
    """A TaskQueue, its name in two parts (see `split_name`), and the SIDs of its Workers."""

    sid: str
    prefix: str
    name: str
    expression: str
    worker_sids: list[str]


class ShownReservation(TypedDict):
    """A Reservation of a Worker for a Task; `deadline` is None unless it is pending.

    `says` is what became of it in a sentence: "Alice is asked about Spanish #1."
    """

    sid: str
    task_sid: str
    worker_sid: str
    worker: str
    status: str
    created: float
    deadline: float | None
    says: str


class ShownWorker(TypedDict):
    """A Worker. `state` is "asked" with a pending Reservation, else "assigned" with a Task, else
    "available" or "offline". `skills` are the attributes in few words, `reservations` those that
    take capacity, oldest first.
    """

    sid: str
    name: str
    attributes: str
    skills: str
    activity: str
    available: bool
    state: str
    reservations: list[ShownReservation]


class ShownTask(TypedDict):
    """A Task.

    `expires` is when its own timeout cancels it, `about` is its first attribute, `filter` the index of the Workflow's filter that holds it (None
    when none does), `why` the reason in a sentence, "" where it was not looked for, and `says` the
    same with the Task's name, as a title. `reservations` are all of the Task's, oldest first.
    """

    sid: str
    name: str
    status: str
    attributes: str
    about: str
    queue_sid: str | None
    queue: str
    workflow_sid: str | None
    filter: int | None
    priority: int
    created: float
    updated: float
    expires: float
    why: str
    says: str
    reservations: list[ShownReservation]


class Shown(TypedDict):
    """The Workspace: `tasks` oldest first, Workers and TaskQueues by name.

    `lit` is the Task whose way to light, `more_tasks` and `more_workers` say that not all are here,
    `tasks_say` and `workers_say` count them in a title.
    """

    activities: list[ShownActivity]
    workflows: list[ShownWorkflow]
    queues: list[ShownTaskQueue]
    workers: list[ShownWorker]
    workers_say: str
    tasks: list[ShownTask]
    tasks_say: str
    lit: str | None
    more_tasks: bool
    more_workers: bool


class ShownDue(TypedDict):
    """What is due next, as `says` without an end, and `at` what moment."""

    says: str
    at: float


class ShownCandidate(TypedDict):
    """A Worker of a Task: whether they can take it now (None if that is not known), and why."""

    name: str
    can_take: bool | None
    says: str


class ShownExplanation(TypedDict):
    """Why a Task is where it is: `cures` are what to change, in sentences; `candidates` the Workers,
    those nearest to a match first, and `more` how many others there are.
    """

    task_sid: str
    cures: list[str]
    candidates: list[ShownCandidate]
    more: int


class ShownAttempt(TypedDict):
    """One request and its response: `status` is None if none came; `problem` is "" if it was fine."""

    url: str
    status: int | None
    seconds: float
    body: str
    problem: str


class ShownExchange(TypedDict):
    """A request with its attempts: `direction` is "sent" by TaskRouter, or "received".

    `title` and `note` fit in a line of a list, `says` is a sentence. `at` is when it was sent.
    """

    id: str
    direction: str
    at: float
    method: str
    title: str
    note: str
    says: str
    failed: bool
    attempts: list[ShownAttempt]
    parameters: dict[str, str]
