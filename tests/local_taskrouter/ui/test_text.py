import pytest
from local_taskrouter.ui.text import (
    MOST_LINES,
    floor_text,
    tasks_text,
    tasks_title,
    workers_text,
    workers_title,
)


def test_floor_in_words_begins_with_the_sentence(built, spanish, now):
    assert floor_text(now())[0] == "There is no Task yet."
    built.worker("Alice", languages=["en", "es"])
    built.task({"selected_language": "es"})
    assert floor_text(now()) == [
        "Spanish #1 is reserved for Alice.",
        "Spanish #1: reserved, TaskQueue Spanish, Alice",
        'TaskQueue Customer Care Requests - Spanish, languages HAS "es": Alice',
        "TaskQueue Others, 1==1: Alice",
        "Alice (en, es): Available, is asked about Spanish #1",
    ]


@pytest.mark.parametrize(
    ("statuses", "title"),
    [
        ([], "No Task is open"),
        (["canceled", "completed"], "No Task is open"),
        (["pending"], "1 Task waits"),
        (["pending", "pending", "reserved"], "2 Tasks wait, 1 is reserved"),
        (["reserved", "reserved", "completed"], "2 Tasks are reserved"),
        (["assigned", "wrapping"], "2 Tasks are with a Worker"),
    ],
)
def test_title_counts_the_open_tasks(statuses, title):
    tasks = [{"status": status} for status in statuses]
    assert tasks_title(tasks) == title
    more = "No Task is open" if title.startswith("No") else f"At least {title}"
    assert tasks_title(tasks, more=True) == more


def test_title_counts_the_available_workers(built, now):
    assert workers_title([]) == "No Worker yet"
    ana = built.worker("Ana")
    assert now()["workers_say"] == "1 of 1 Worker is available"
    built.worker("Ben")
    built.workflow(default=built.queue("All"))
    built.task({})
    built.task({})
    assert now()["workers_say"] == "2 of 2 Workers are available, none is free"
    assert workers_title(now()["workers"], more=True).startswith("2 of the first 2 Workers")
    built.move(ana, "Offline")
    assert workers_text(now()) == [
        "1 of 2 Workers is available, none is free.",
        "Ana: Offline, is asked about All #1",
        "Ben: Available, is asked about All #2",
    ]


def test_text_names_open_tasks_first_and_counts_the_rest(built, spanish, now):
    built.task({"selected_language": "es"}).update(assignment_status="canceled")
    for _ in range(MOST_LINES + 1):
        built.task({"selected_language": "es"})
    lines = tasks_text(now())
    assert lines[:2] == [
        f"{MOST_LINES + 1} Tasks wait.",
        "Spanish #2: pending, TaskQueue Spanish, priority 0 [Cancel]",
    ]
    assert lines[-1] == "and 2 more Tasks"
