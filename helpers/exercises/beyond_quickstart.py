"""The exercises of lessons 07 and 08, which go beyond Twilio's quickstart."""

import json

from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING

from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.seven_faults import EIGHTH_TOPIC, EIGHTH_WORKER, FaultyWorkspace
from helpers.lessons.workspace import PreparedWorkspace


@refreshing
def away_not_gone(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 07: the timeout Activity is Unavailable, and the default Activity is unchanged."""
    settings = lab.workspace.fetch()
    timeout, default = settings.timeout_activity_name, settings.default_activity_name
    return SelfCheck(
        "Away, not gone",
        [
            Line(
                "A Worker who does not answer becomes Unavailable",
                timeout == "Unavailable",
                f"the timeout Activity is {timeout}",
                "The Workspace has a setting for this: update it.",
            ),
            Line(
                "A new Worker still begins Offline",
                default == "Offline",
                f"the default Activity is {default}",
                "Set default_activity_sid back to lab.offline_sid: it is for new Workers.",
            ),
        ],
    )


@refreshing
def hugo_helps(lab: FaultyWorkspace) -> SelfCheck:
    """Lesson 08: Hugo has capacity on his channel, and holds the Task about a present."""
    space = lab.workspace
    found = space.workers.list(friendly_name=EIGHTH_WORKER)
    hugo = space.workers(str(found[0].sid)) if found else None
    capacity = hugo.worker_channels("default").fetch().configured_capacity if hugo else None
    holders = [
        reservation.worker_name
        for task in space.tasks.list()
        if json.loads(task.attributes or "{}").get("topic") == EIGHTH_TOPIC
        for reservation in space.tasks(str(task.sid)).reservations.list()
        if reservation.reservation_status in RESERVATION_HOLDING
    ]
    return SelfCheck(
        "An eighth fault",
        [
            Line(
                "Hugo has capacity",
                bool(capacity),
                "he is not in the Workspace" if capacity is None else f"his capacity is {capacity}",
                "Run explain(lab, present), and read its note about Hugo.",
            ),
            Line(
                "Hugo holds the Task about a present",
                holders == [EIGHTH_WORKER],
                f"{holders[0]} holds it" if holders else "no Worker holds it",
                "Hugo must be available, match the TaskQueue, and have capacity while the Task "
                "waits. To begin again, run the cell before this one.",
            ),
        ],
    )
