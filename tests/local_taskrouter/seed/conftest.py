"""A seed that uses every kind of resource."""

from copy import deepcopy

import pytest

SEED = {
    "variables": {"CALLBACK_BASE": "http://127.0.0.1:5050"},
    "workspace": {
        "friendly_name": "Support",
        "timeout_activity": "Break",
        "event_callback_url": "${CALLBACK_BASE}/events",
    },
    "activities": {"Break": {"available": False}, "Available": {"available": True}},
    "task_channels": {"tickets": {"channel_optimized_routing": True}},
    "task_queues": {
        "Spanish": {"target_workers": 'languages HAS "es"', "task_order": "LIFO"},
        "Everyone": {"target_workers": "1==1", "reservation_activity": "Break"},
    },
    "workflows": {
        "Customer Care": {
            "assignment_callback_url": "${CALLBACK_BASE}/assignment",
            "task_reservation_timeout": 30,
            "configuration": {
                "task_routing": {
                    "filters": [
                        {
                            "filter_friendly_name": "Spanish",
                            "expression": 'language == "es"',
                            "targets": [{"queue": "Spanish", "timeout": 60}, {"queue": "Everyone"}],
                        }
                    ],
                    "default_filter": {"queue": "Everyone"},
                }
            },
        }
    },
    "workers": {
        "Alice": {"activity": "Available", "attributes": {"languages": ["en", "es"]}},
        "Bob": {"channels": {"chat": {"capacity": 3}, "tickets": {"available": False}}},
    },
}


@pytest.fixture
def seed():
    """A copy that a test may change."""
    return deepcopy(SEED)
