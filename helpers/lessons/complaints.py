"""Ten complaints, declared as data: in each case a Task waits, or is refused.

A case has a Worker and a TaskQueue to itself, so that a repair never helps another case; two have a
Workflow too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

START = "ten complaints"
REQUESTS, PARCELS, GIFTS = "Customer requests", "Parcels", "Gift cards"  # Workflows


@dataclass(frozen=True)
class Complaint:
    """What a case begins with.

    `expression` is that of the TaskQueue `queue`. The `workflow` leads Tasks of `routed`, by default
    the `topic`, to the TaskQueue `target`, by default `queue`. `earlier` is the status of the case's
    other Task, which holds the Worker; "" if there is none.
    """

    name: str
    topic: str
    worker: str
    attributes: Mapping[str, Any]
    queue: str
    expression: str
    workflow: str = REQUESTS
    routed: str = ""
    target: str = ""
    earlier: str = ""
    activity: str = "Available"
    capacity: int = 1


COMPLAINTS = {
    each.name: each
    for each in (
        Complaint(  # the expression's key is misspelled
            "The bill", "bill", "Ana", {"skills": ["billing"]}, "Billing", 'skils HAS "billing"'
        ),
        Complaint(  # text where the expression needs a list
            "Ben", "spanish", "Ben", {"languages": "es"}, "Spanish", 'languages HAS "es"'
        ),
        Complaint(  # text where the expression needs a number
            "Chloe", "escalation", "Chloe", {"level": "7"}, "Escalations", "level >= 5"
        ),
        Complaint(  # a hyphen in the key
            "The bank card",
            "bank card",
            "Dev",
            {"product-line": "cards"},
            "Cards",
            'product_line == "cards"',
        ),
        Complaint(  # an earlier Task was never completed
            "Elif",
            "order",
            "Elif",
            {"skills": ["orders"]},
            "Orders",
            'skills HAS "orders"',
            earlier="assigned",
        ),
        Complaint(  # the target is the wrong TaskQueue
            "The parcel",
            "returns",
            "Farid",
            {"skills": ["returns"]},
            "Returns",
            'skills HAS "returns"',
            workflow=PARCELS,
            target="Repairs",
        ),
        Complaint(  # no filter fits, and there is no default filter
            "The gift card",
            "gift card",
            "Gina",
            {"skills": ["general"]},
            "Everything else",
            'skills HAS "general"',
            workflow=GIFTS,
            routed="opening hours",
        ),
        Complaint(  # upper case in the expression, and a capacity of 0
            "Hugo", "gift", "Hugo", {"skills": ["gifts"]}, "Gifts", 'skills HAS "Gifts"', capacity=0
        ),
        Complaint(  # Offline after a timeout, and an earlier Task still in wrapping
            "Ines",
            "night",
            "Ines",
            {"shift": "night"},
            "Night desk",
            'shift == "night"',
            earlier="wrapping",
            activity="Offline",
        ),
        Complaint(  # no fault: an urgent Task is first
            "Jonas",
            "advice",
            "Jonas",
            {"skills": ["advice"]},
            "Advice",
            'skills HAS "advice"',
            earlier="reserved",
        ),
    )
}
ROUTED = Complaint(  # for comparison: its Task is reserved at once
    "The sale", "sale", "Kim", {"skills": ["sales"]}, "Sales", 'skills HAS "sales"'
)
TASK_QUEUES = {
    **{each.queue: each.expression for each in (*COMPLAINTS.values(), ROUTED)},
    "Repairs": 'skills HAS "repairs"',
}
