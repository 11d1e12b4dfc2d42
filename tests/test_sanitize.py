"""tests/nbval_sanitize.cfg replaces SIDs, timestamps, ports and ages, and nothing else."""

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
        ("Timestamp     1795824000", "Timestamp <AGE>"),
        ("TaskAge=3&TaskSid=", "TaskAge <AGE>&TaskSid="),
        ("'TaskAge': '3', 'x': 1", "'TaskAge <AGE>', 'x': 1"),
    ],
)
def test_values_that_may_differ_are_replaced(text, expected):
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
def test_other_text_is_kept(text):
    assert sanitize(text, RULES) == text


def test_sids_of_different_kinds_stay_different():
    assert sanitize(TASK, RULES) != sanitize(TASK.replace("WT", "WR"), RULES)


def test_rules_have_only_the_expected_replacements():
    assert {replacement for _, replacement in RULES} == {
        r"\1<SID>",
        "<TIME>",
        r"\1:<PORT>",
        " <AGE>",
        r" \1",
        r"\1 <AGE>",
        r"\1<PLOT>",
        "<FLOOR>",
    }
    assert SANITIZERS.read_text("utf-8").count("regex: ") == len(RULES)


RENDERINGS = [pandas.DataFrame.to_string, pandas.DataFrame.to_html, repr, Table._repr_html_]


@pytest.mark.parametrize("render", RENDERINGS, ids=["frame", "frame-html", "table", "table-html"])
def test_table_with_other_ages_is_equal(render):
    def sanitized(*ages: int) -> object:
        rows = [[TASK, f"{age} s", "en"] for age in ages]
        return sanitize(render(table(["sid", "age", "queue"], rows)), RULES)

    assert sanitized(3, 4) == sanitized(0, 12) == sanitized(100, 9)
    assert sanitized(3) != sanitized(3, 4)


@pytest.mark.parametrize("render", RENDERINGS, ids=["frame", "frame-html", "table", "table-html"])
def test_parameters_table_with_another_age_is_equal(render):
    def sanitized(**different: str) -> object:
        values = {"TaskSid": TASK, "TaskAge": "3", "TaskPriority": "0"} | different
        callback = Exchange("received", "POST", "http://127.0.0.1:1/", form=list(values.items()))
        return sanitize(render(parameters(callback)), RULES)

    assert sanitized(TaskAge="3") == sanitized(TaskAge="12") != sanitized(TaskAge="young")
    assert sanitized() != sanitized(TaskPriority="1")


def test_patterns_compile():
    for pattern, _ in RULES:
        re.compile(pattern)
