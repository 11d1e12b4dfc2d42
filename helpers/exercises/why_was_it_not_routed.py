"""The exercise of lesson 07: a Worker who has no room for anything."""

import json

from helpers.exercises.self_check import Line, SelfCheck
from helpers.lessons.seven_faults import LATE_TOPIC, LATE_WORKER, FaultyWorkspace


def hugo_helps(lab: FaultyWorkspace) -> SelfCheck:
    """Whether Hugo has room on his channel, and is reserved for the Task about a present."""
    space = lab.workspace
    hired = space.workers.list(friendly_name=LATE_WORKER)
    hugo = space.workers(str(hired[0].sid)) if hired else None
    capacity = hugo.worker_channels("default").fetch().configured_capacity if hugo else None
    who = [
        one.worker_name
        for task in space.tasks.list()
        if json.loads(task.attributes).get("topic") == LATE_TOPIC
        for one in space.tasks(str(task.sid)).reservations.list()
        if one.reservation_status in ("pending", "accepted")
    ]
    return SelfCheck(
        "An eighth fault",
        [
            Line(
                "Hugo has room",
                bool(capacity),
                "he is not there" if capacity is None else f"his capacity is {capacity}",
                "Ask explain why the Task waits, and look at what it says of Hugo.",
            ),
            Line(
                "The Task about a present is Hugo's",
                who == [LATE_WORKER],
                f"{who[0]} has it" if who else "nobody has it",
                "Hugo must be available, match the TaskQueue, and have room when the Task waits;"
                " run the cell before this one again to begin anew.",
            ),
        ],
    )
