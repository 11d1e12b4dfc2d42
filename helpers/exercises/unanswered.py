"""The self-checks of lesson 07: two Workers go home, and one who does not answer is away."""

from collections import Counter

from local_taskrouter.explanation.sentences import join_names
from local_taskrouter.rules.lifecycle import TASK_ENDED

from helpers.exercises.attempt import begin_again, judge
from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.workspace import PreparedWorkspace

CUSTOMERS = 2
CLOSING_TIME = "Closing time"
BEGIN = "Run the cell above once more: it begins anew."


@refreshing
def closing_time(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 07: Alice and Bob are Offline, no question is open, and both Tasks wait."""
    space = lab.workspace
    statuses = Counter(str(task.assignment_status) for task in space.tasks.list())
    sent = {exchange.method for exchange in lab.session.requests.since_mark()}
    if lab.start != "alice available" or not (statuses or "DELETE" in sent):
        found = "no exercise has begun since"
        advice = "Run the cell above: it begins the exercise."
        return begin_again(lab, CLOSING_TIME, "Two customers have written", found, advice)
    workers = {name: space.workers(sid) for name, sid in _sids(lab).items()}
    found = {name: worker.fetch() for name, worker in workers.items()}
    asked = [
        name
        for name, worker in workers.items()
        if worker.reservations.list(reservation_status="pending", limit=1)
    ]
    activities = {name: str(one.activity_name) for name, one in found.items()}
    free = [name for name, one in found.items() if one.available]
    slip = _closing_slip(lab, activities, asked, free, statuses)
    are = "is" if len(asked) == 1 else "are"
    counts = [f"{count} {status}" for status, count in statuses.items()]
    return judge(
        lab,
        CLOSING_TIME,
        [
            *(
                Line(
                    f"{name} is Offline",
                    activity == "Offline",
                    f"{name} is {activity}",
                    slip or f"Update {name} with lab.offline_sid.",
                )
                for name, activity in activities.items()
            ),
            Line(
                "No question is open",
                not asked,
                f"{join_names(asked or [''])} {are} still being asked",
                slip,
            ),
            Line(
                "Both customers wait for tomorrow",
                statuses == {"pending": CUSTOMERS},
                f"of their Tasks, {join_names(counts)}" if counts else "their Tasks are deleted",
                slip,
            ),
        ],
    )


def _closing_slip(
    lab: PreparedWorkspace,
    activities: dict[str, str],
    asked: list[str],
    free: list[str],
    statuses: Counter[str],
) -> str:
    """What to do about the slip that was made; "" before anything was done."""
    refused = _refused(lab)
    if sum(statuses[status] for status in TASK_ENDED) or statuses.total() < CUSTOMERS:
        lost = CUSTOMERS - statuses.total() + sum(statuses[status] for status in TASK_ENDED)
        customers = "a customer" if lost == 1 else "two customers"
        return f"The questions are gone, and so {'is' if lost == 1 else 'are'} {customers}. {BEGIN}"
    if statuses["assigned"]:
        return f"A Worker has accepted, so that customer expects help now. {BEGIN}"
    named = refused.get("ActivitySid", "WA")
    if not named.startswith("WA"):
        return "`activity_sid` takes a SID: lab.offline_sid."
    if "RejectPendingReservations" in refused and free:
        return "TaskRouter refused it: handing back goes with an Activity that is not available."
    if rejected_but_asked := [name for name in asked if _has_rejected(lab, name)]:
        names = join_names(rejected_but_asked)
        return f"{names} had room again, and TaskRouter asked again: hand back and leave in one request."
    if asked and not free:
        wait = "one customer still waits" if len(asked) == 1 else "two customers still wait"
        return f"Both Workers get nothing new, and {wait} for an answer: hand the questions back."
    if away := [name for name, activity in activities.items() if activity == "Unavailable"]:
        return f"{away[0]} is Unavailable, which says: back soon. Home is Offline."
    if len(free) == 1 < len(activities):
        return f"{free[0]} is still at work."
    return ""


def _has_rejected(lab: PreparedWorkspace, name: str) -> bool:
    reservations = lab.workspace.workers(_sids(lab)[name]).reservations
    return bool(reservations.list(reservation_status="rejected", limit=1))


def _sids(lab: PreparedWorkspace) -> dict[str, str]:
    return {"Alice": lab.alice_sid, "Bob": lab.bob_sid}


def _refused(lab: PreparedWorkspace) -> dict[str, str]:
    """The parameters of the latest change in this attempt, {} if TaskRouter made it."""
    latest = lab.session.requests.latest_change()
    return latest.parameters if latest and (latest.status or 0) >= 400 else {}


@refreshing
def away_not_gone(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 07: the timeout Activity is Unavailable, and the default Activity is unchanged."""
    settings = lab.workspace.fetch()
    timeout, default = settings.timeout_activity_name, settings.default_activity_name
    renamed = (
        lab.offline_sid == settings.timeout_activity_sid == settings.default_activity_sid
        and timeout != "Offline"
    )
    return SelfCheck(
        "Away, not gone",
        [
            Line(
                "A Worker who does not answer becomes Unavailable",
                timeout == "Unavailable" and not renamed,
                f"the timeout Activity is {timeout}, which was Offline"
                if renamed
                else f"the timeout Activity is {timeout}",
                "You renamed Offline; the setting is the Workspace's. Run the cell above again."
                if renamed
                else _away_advice(lab, str(timeout), str(default)),
            ),
            Line(
                "A new Worker still begins Offline",
                default == "Offline",
                f"the default Activity is {default}",
                "Set default_activity_sid back to lab.offline_sid: it is where new Workers begin.",
            ),
        ],
    )


def _away_advice(lab: PreparedWorkspace, timeout: str, default: str) -> str:
    latest = lab.session.requests.latest_change()
    resource = latest.path.split("/")[-2] if latest else ""
    if "TimeoutActivitySid" in _refused(lab):
        return "`timeout_activity_sid` takes a SID (WA…), not a name: unavailable.sid."
    if default != "Offline":
        return "`default_activity_sid` is where new Workers begin. Another setting is next to it."
    if timeout in ("Idle", "Available"):
        return "A Worker who doesn't answer would be asked again at once: not an available one."
    if resource == "Workflows":
        return (
            "The Workflow says how long TaskRouter waits; the Workspace says where she goes then."
        )
    if resource == "Workers":
        return "The Workers you moved are away now; the next one who doesn't answer still goes Offline."
    return "The Workspace has a setting for this: update it."
