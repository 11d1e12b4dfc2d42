"""tests/nbval_sanitize.cfg hides SIDs, timestamps, ports and ages, and nothing else."""

import re

import pandas
import pytest

from helpers.display.table import table
from helpers.session.request_log import Exchange
from helpers.tables import Table, parameters
from tools.refresh import SANITIZERS, read_rules, sanitize

RULES = read_rules()
TASK = "WT0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TASK, "WT<SID>"),
        (f"https://x/Tasks/{TASK}/Reservations", "https://x/Tasks/WT<SID>/Reservations"),
        (f'"{TASK}", {{"sid": "{TASK}"}}', '"WT<SID>", {"sid": "WT<SID>"}'),
        ("2026-11-23T19:15:00Z", "<TIME>"),
        ("2026-11-23T19:15:00.123456+00:00 pending", "<TIME> pending"),
        ("2026-11-23 19:15:00+00:00", "<TIME>"),
        ("2026-11-23 19:15:00", "<TIME>"),
        ("http://127.0.0.1:8765/v1", "http://127.0.0.1:<PORT>/v1"),
        ("http://localhost:80", "http://localhost:<PORT>"),
        ("<td>3 s</td>", "<td> <AGE></td>"),
        ("pending   3 s", "pending <AGE>"),
        ("pending  12 s", "pending <AGE>"),
        ("TaskAge                3", "TaskAge <AGE>"),
        ("<th>TaskAge</th>\n      <td>12</td>\n", "<th>TaskAge <AGE></td>\n"),
        ("TaskAge=3&TaskSid=", "TaskAge <AGE>&TaskSid="),
        ("'TaskAge': '3', 'x': 1", "'TaskAge <AGE>', 'x': 1"),
    ],
)
def test_what_may_differ_is_hidden(text, expected):
    assert sanitize(text, RULES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "0123456789abcdef0123456789abcdef",
        "WT0123456789abcdef",
        "WT0123456789ABCDEF0123456789ABCDEF",
        "2026-11-23",
        "19:15:00",
        "https://taskrouter.twilio.com:443/v1",
        "10.0.0.1:8765",
        "5 seconds, 2 skills, 120 sent",
        "s = 3",
        "status 200",
        "TaskPriority    0",
        "the age of a Task",
        "Priority 10, Timeout 1200",
        "TaskAge    the Task's age in seconds",
    ],
)
def test_everything_else_is_compared(text):
    assert sanitize(text, RULES) == text


def test_a_sid_is_not_taken_for_one_of_another_kind():
    assert sanitize(TASK, RULES) != sanitize(TASK.replace("WT", "WR"), RULES)


def test_nothing_but_the_named_things_is_replaced():
    assert {replacement for _, replacement in RULES} == {
        r"\1<SID>",
        "<TIME>",
        r"\1:<PORT>",
        " <AGE>",
        r" \1",
        r"\1 <AGE>",
    }
    assert SANITIZERS.read_text("utf-8").count("regex: ") == len(RULES)


SHOWN = [pandas.DataFrame.to_string, pandas.DataFrame.to_html, repr, Table._repr_html_]


@pytest.mark.parametrize("show", SHOWN, ids=["frame", "frame-html", "table", "table-html"])
def test_a_table_is_the_same_however_long_its_ages_are(show):
    def shown(*ages: int) -> str:
        rows = [[TASK, f"{age} s", "en"] for age in ages]
        return sanitize(show(table(["sid", "age", "queue"], rows)), RULES)

    assert shown(3, 4) == shown(0, 12) == shown(100, 9)
    assert shown(3) != shown(3, 4)


@pytest.mark.parametrize("show", SHOWN, ids=["frame", "frame-html", "table", "table-html"])
@pytest.mark.parametrize("explained", [False, True])
def test_a_table_of_callback_parameters_is_the_same_at_every_age(show, explained):
    def shown(**different: str) -> str:
        values = {"TaskSid": TASK, "TaskAge": "3", "TaskPriority": "0"} | different
        callback = Exchange("received", "POST", "http://127.0.0.1:1/", form=list(values.items()))
        return sanitize(show(parameters(callback, explained)), RULES)

    assert shown(TaskAge="3") == shown(TaskAge="12") != shown(TaskAge="young")
    assert shown() != shown(TaskPriority="1")


def test_the_rules_are_patterns_that_nbval_can_read():
    for pattern, _ in RULES:
        re.compile(pattern)
