"""The exercises of lesson 10: two tests that bite, and the end of a ticket.

Each self-check runs pytest on copies of the learner's app. In some copies one text is replaced, and a
good test turns red there.
"""

import json
from collections.abc import Mapping
from typing import Any

from helpers.exercises.pytest_run import AppFolder, PytestRun, break_app, break_each, run_in
from helpers.exercises.self_check import Line, SelfCheck

_FAR = ("task_reservation_timeout=TIMEOUT", "task_reservation_timeout=TIMEOUT + 1")
_NEAR = ("task_reservation_timeout=TIMEOUT", "task_reservation_timeout=TIMEOUT - 1")
_FAR_FOR_ALL = ("TIMEOUT = 30", "TIMEOUT = 31")
_NOTHING = ("", "")
_TIMEOUT_TEST, _CLOSE_TEST, _ANSWER_TEST = "test_timeout.py", "test_close.py", "test_answer.py"

_FAILS = ("else {}", "else None")
_ACCEPTS = ("else {}", 'else {"instruction": "accept"}')
_NO_CALLBACK = ('app.config["URL"] + "/assignment_callback"', '""')
_NO_SIGNATURE = ("abort(403)", "return {}")

_PROBE = """
import json
from pathlib import Path

import pytest
from closing import close

@pytest.mark.parametrize("auto", [False, True])
def test_close(desk, taskrouter, auto):
    desk.hire("Alice", phone="+34600000001", auto=auto)
    ticket = desk.open()
    taskrouter.settle()
    before = len(taskrouter.requests())
    error = ""
    try:
        close(desk.workspace, ticket)
    except Exception as raised:
        error = f"{type(raised).__name__}: {raised}".splitlines()[0]
    sent = [(each.method, each.path, each.status) for each in taskrouter.requests()[before:]]
    left = [task.assignment_status for task in desk.workspace.tasks.list()]
    found = {"status": left[0] if left else "gone", "error": error, "sent": sent}
    Path(f"probe_{auto}.json").write_text(json.dumps(found))
"""


def thirty_seconds(lab: AppFolder) -> SelfCheck:
    """The learner's test passes with 30 seconds, and fails with 29 and with 31."""
    breaks = [_NOTHING, _FAR, _NEAR, _FAR_FOR_ALL]
    good, far, near, far_for_all = break_each(lab, breaks, _TIMEOUT_TEST)
    bites = good.green and not far.green
    follows = bites and far_for_all.green
    return SelfCheck(
        "Thirty seconds",
        [
            _passes(
                good,
                "The test passes",
                "Only `taskrouter.advance(seconds)` moves the clock. After 29 seconds the ticket still"
                " rings; one second later it waits, and Alice is in the Activity Offline. `alice` is as"
                " she was when hired: fetch her again.",
            ),
            Line(
                "It fails when Workers have 31 seconds",
                bites and not follows,
                "it passes there too" if good.green else "first it must pass",
                "Your test reads TIMEOUT from the app, so it changes with it. Write the seconds as"
                " numbers."
                if follows
                else "Advance by 30 seconds in all, and assert the state after them.",
            ),
            Line(
                "It fails when Workers have 29 seconds",
                bites and not near.green,
                "it passes there too" if bites else "first it must fail with 31",
                "Assert at 29 seconds that the ticket still rings.",
            ),
        ],
    )


def close_a_ticket(lab: AppFolder) -> SelfCheck:
    """`close` cancels a ringing ticket and completes one in progress, and test_close.py passes."""
    with lab.copy() as copy:
        (copy / "test_probe.py").write_text(_PROBE, "utf-8")
        run = run_in(copy, _CLOSE_TEST, "test_probe.py")
        probes = [copy / f"probe_{auto}.json" for auto in (False, True)]
        if not all(probe.is_file() for probe in probes):
            found = "pytest could not run it"
            return SelfCheck("Close a ticket", [Line("`close` runs", False, found, _unrun(run))])
        ringing, begun = (json.loads(probe.read_text("utf-8")) for probe in probes)
    rows = [name for name in run.outcomes if name.startswith(_CLOSE_TEST)]
    red = sum(run.outcomes[name] != "PASSED" for name in rows)
    refused = next((each for each in (ringing, begun) if _statuses(each) & {400}), None)
    return SelfCheck(
        "Close a ticket",
        [
            _ended("A ringing ticket is canceled", ringing, "canceled"),
            _ended("A ticket in progress is completed", begun, "completed"),
            Line(
                "TaskRouter refused no request",
                refused is None,
                "it answered 400 to one",
                "To try one status and then the other hides every other error, as a 404. Fetch the Task"
                " and decide by its status.",
            ),
            Line(
                f"`{_CLOSE_TEST}` passes in both rows",
                len(rows) == 2 and not red,
                f"{red} of {len(rows)} rows are red" if rows else "it has no rows",
                f"Run the cell that writes `{_CLOSE_TEST}` again, then the two after it.",
            ),
        ],
    )


def green_break(lab: AppFolder) -> SelfCheck:
    """The learner's test passes on the app, and fails when the callback's response is a 500."""
    breaks = [_NOTHING, _FAILS, _ACCEPTS, _NO_CALLBACK]
    good, broken, accepts, silent = break_each(lab, breaks, _ANSWER_TEST)
    return SelfCheck(
        "A break that stays green",
        [
            _passes(good, "The test passes", "" if good.green else _why_red(lab, good.error)),
            Line(
                "It fails when the app answers with status 500",
                good.green and not broken.green,
                "it passes there too" if good.green else "first it must pass",
                _why_green(accepts, silent)
                if good.green and broken.green
                else "Make it pass on your app.",
            ),
        ],
    )


def _why_red(lab: AppFolder, error: str) -> str:
    if error.startswith(("IndexError", "ValueError: not enough values")):
        return "No callback arrived: open a ticket, then call `taskrouter.settle()`."
    if break_app(lab, *_NO_SIGNATURE, _ANSWER_TEST).green:
        return (
            "The app answered 403: nothing signed your request. Sign it, or let TaskRouter send it."
        )
    return "On your app, the response to the callback is an empty JSON object, with status 200."


def _why_green(accepts: PytestRun, silent: PytestRun) -> str:
    if not silent.green:
        return (
            "The callback did arrive. What came back? Compare it with `{}`: the answer of a failed"
            " request is empty too."
        )
    if not accepts.green:
        return "A Reservation is pending whether your server decided or failed: look at the response itself."
    return (
        "Nothing was compared. Compare the response: TaskRouter keeps it in `deliveries()`, once it has"
        " settled; or send a signed request yourself."
    )


def _passes(run: PytestRun, what: str, advice: str) -> Line:
    return Line(what, run.green, run.error, advice if run.could_run else _unrun(run))


def _unrun(run: PytestRun) -> str:
    """What to do when pytest found no test that it could run."""
    return (
        f"pytest could not run your code: {run.error}. Mend that, or run the cells that write the app's"
        " files, from the top of the notebook on. A test needs only `desk` and `taskrouter`."
    )


def _ended(what: str, probe: Mapping[str, Any], wanted: str) -> Line:
    """Whether the Task of a ticket ended as `wanted`, and which slip prevented it."""
    paths = [path for method, path, _ in probe["sent"] if method == "POST"]
    if any(method == "DELETE" for method, *_ in probe["sent"]):
        found, advice = "it is gone", "A deleted Task has no end. Cancel or complete it."
    elif any("/Reservations/" in path for path in paths):
        found = f"its Task is {probe['status']}, and the Reservation was changed"
        advice = "The ticket is the Task: update the Task, and TaskRouter ends the Reservation."
    elif "AssignmentStatus must be" in probe["error"]:
        found = str(probe["error"])
        advice = "There is no such status. Its name here is `canceled`, with one l."
    elif _statuses(probe) & {400} and wanted == "canceled":
        found = "TaskRouter answered 400"
        advice = "A Task that rings can't be completed: cancel it."
    elif _statuses(probe) & {400}:
        found = "TaskRouter answered 400"
        advice = "A Task in progress can't be canceled: complete it."
    elif probe["status"] == "wrapping":
        found, advice = "its Task is wrapping", "`wrapping` is not the end: `completed` is."
    else:
        found = probe["error"] or f"its Task is {probe['status']}"
        advice = (
            "Update the Task's `assignment_status`. Which one is possible depends on its status."
        )
    return Line(what, probe["status"] == wanted, found, advice)


def _statuses(probe: Mapping[str, Any]) -> set[int]:
    return {status for _, _, status in probe["sent"]}
