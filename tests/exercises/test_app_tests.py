"""The exercises of lesson 10, with the app as the notebook's cells write it."""

import re
import shlex
from pathlib import Path

import forked_pytest
import nbformat
import pytest
import yaml
from exercise_guard import solution_of
from packaging.requirements import Requirement

from helpers.exercises import (
    AppFolder,
    break_app,
    close_a_ticket,
    green_break,
    run_pytest,
    thirty_seconds,
)
from helpers.exercises.pytest_run import subprocess
from tools.refresh import NOTEBOOKS

WRITES = "%%writefile desk/"
SIGN = (
    "url = f'{desk.url}/assignment_callback'; parameters = {'WorkerAttributes': '{\"phone\": \"1\"}'};"
    " validator = RequestValidator(taskrouter.auth_token);"
    " header = {'X-Twilio-Signature': validator.compute_signature(url, parameters)};"
)
SETTLE = "ticket = desk.open(); taskrouter.settle(); "


CELLS = nbformat.read(NOTEBOOKS / "10-test-your-app.ipynb", as_version=4).cells
FILES = dict(  # that the lesson's cells write, by name, before an exercise is solved
    cell.source.removeprefix(WRITES).split("\n", 1)
    for cell in CELLS
    if cell.source.startswith(WRITES)
)
SOLUTIONS = [found.strip() for cell in CELLS if (found := solution_of(cell))]


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppFolder:
    """The folder with all files of the lesson."""
    monkeypatch.chdir(tmp_path)  # the folder becomes the current one
    monkeypatch.setattr(subprocess, "run", forked_pytest.run)
    lab = AppFolder("desk")
    for name, text in FILES.items():
        (lab.path / name).write_text(text, "utf-8")
    return lab


def attempt(lab: AppFolder, name: str, line: str) -> None:
    """Add the learner's line to the file `name`, as the last one of its function."""
    (lab.path / name).write_text(f"{FILES[name]}    {line}\n", "utf-8")


def red_tests(lab: AppFolder, old: str, new: str) -> set[str]:
    outcomes = break_app(lab, old, new, *THE_LESSONS).outcomes
    assert len(outcomes) == 7
    return {name.partition("::test_")[2] for name, out in outcomes.items() if out != "PASSED"}


THE_LESSONS = ["test_floor.py", "test_tickets.py", "test_callback.py", "test_trouble.py"]
RESERVES = "ticket_when_alice_is_available_then_reserves_her"
WAITS = "ticket_when_no_worker_is_available_then_waits"
ASSIGNS = "callback_when_worker_answers_automatically_then_assigns"
STEPS_ASIDE = "callback_when_worker_has_no_phone_then_steps_aside_for_the_next"
REFUSES = "callback_when_signature_is_forged_then_refuses"
RETRIES = "ticket_when_taskrouter_answers_429_then_retries"


@pytest.mark.parametrize(
    ("old", "new", "red"),
    [
        ("languages HAS", "language HAS", {RESERVES, WAITS, ASSIGNS, STEPS_ASIDE}),
        ("abort(403)", "pass", {REFUSES}),
        ('"accept"', '"accepted"', {ASSIGNS}),
        ("(0.1, 0.2, None)", "(0.1, None)", {RETRIES}),
        ("TIMEOUT = 30", "TIMEOUT = 300", set()),
        ("else {}", "else None", set()),
    ],
)
def test_break_of_the_lesson_turns_these_tests_red(lab, old, new, red):
    assert red_tests(lab, old, new) == red


MOVE_ON = "Next: Advance by 30 seconds in all, and assert the state after them."
BOTH_SIDES = "Next: Assert at 29 seconds that the ticket still rings."
RINGS = "taskrouter.advance(29); assert desk.state(ticket) == 'ringing';"
READS = "from floor import TIMEOUT; taskrouter.advance(TIMEOUT - 1);"
WAITING = "assert desk.state(ticket) == 'waiting'"
NO_CALLBACK = "Next: No callback arrived: open a ticket, then call `taskrouter.settle()`."
ADVANCE = "Only `taskrouter.advance(seconds)` moves the clock."


@pytest.mark.parametrize(
    ("line", "marked", "advice"),
    [
        ("", "✓○○", MOVE_ON),
        ("taskrouter.advance(30); assert desk.state(ticket) == 'waiting'", "✓✓○", BOTH_SIDES),
        ("taskrouter.advance(29); assert desk.state(ticket) == 'ringing'", "✓○○", MOVE_ON),
        ("from floor import TIMEOUT; assert TIMEOUT == 30", "✓○○", MOVE_ON),
        ("import time; time.sleep(0.01); assert desk.state(ticket) == 'waiting'", "○○○", ADVANCE),
        (
            f"{RINGS} taskrouter.advance(2); assert desk.state(ticket) == 'waiting'",
            "✓○○",
            MOVE_ON,
        ),
        (
            f"{READS} assert desk.state(ticket) == 'ringing'; taskrouter.advance(1); {WAITING}",
            "✓○✓",
            "Next: Your test reads TIMEOUT from the app, so it changes with it.",
        ),
        (
            f"{RINGS} taskrouter.advance(1); {WAITING}; assert alice.activity_name == 'Offline'",
            "○○○",
            "`alice` is as she was when hired: fetch her again.",
        ),
        (SOLUTIONS[0], "✓✓✓", ""),
    ],
)
def test_thirty_seconds_names_the_slip(lab, expect, line, marked, advice):
    attempt(lab, "test_timeout.py", line)
    expect(thirty_seconds(lab), marked, advice)


UPDATE = "task = workspace.tasks(ticket); "
DECIDE = "ended = 'completed' if task.fetch().assignment_status in ('assigned', 'wrapping') else 'canceled';"
TRY = (
    "\n    try: task.update(assignment_status='completed')"
    "\n    except Exception: task.update(assignment_status='canceled')"
)


@pytest.mark.parametrize(
    ("line", "marked", "advice"),
    [
        ("", "○○✓○", "Next: Update the Task's `assignment_status`."),
        (
            f"{UPDATE}task.update(assignment_status='completed')",
            "○✓○○",
            "Next: A Task that rings can't be completed: cancel it.",
        ),
        (
            f"{UPDATE}task.update(assignment_status='canceled')",
            "✓○○○",
            "Next: A Task in progress can't be canceled: complete it.",
        ),
        (f"{UPDATE}task.delete()", "○○✓○", "Next: A deleted Task has no end."),
        (
            f"{UPDATE}{TRY}",
            "✓✓○✓",
            "hides every other error, as a 404",
        ),
        (
            f"{UPDATE}task.reservations.list()[0].update(reservation_status='rejected')",
            "○○○○",
            "Next: The ticket is the Task",
        ),
        (
            f"{UPDATE}task.update(assignment_status='cancelled')",
            "○○○○",
            "Its name here is `canceled`, with one l.",
        ),
        (f"{UPDATE}task.update(assignment_status='closed')", "○○○○", "Next: There is no such"),
        (
            f"{UPDATE}{DECIDE.replace('completed', 'wrapping')} task.update(assignment_status=ended)",
            "✓○✓○",
            "`wrapping` is not the end: `completed` is.",
        ),
        (SOLUTIONS[1], "✓✓✓✓", ""),
    ],
)
def test_close_a_ticket_names_the_slip(lab, expect, line, marked, advice):
    attempt(lab, "closing.py", line)
    expect(close_a_ticket(lab), marked, advice)


def test_close_a_ticket_with_rows_removed_asks_for_them(lab, expect):
    attempt(lab, "closing.py", SOLUTIONS[1])
    one = FILES["test_close.py"].replace(', (True, "completed")', "")
    (lab.path / "test_close.py").write_text(one, "utf-8")
    expect(close_a_ticket(lab), "✓✓✓○", "Run the cell that writes `test_close.py` again")


@pytest.mark.parametrize(
    ("line", "marked", "advice"),
    [
        ("", "✓○", "Next: Nothing was compared."),
        (f"{SETTLE}assert desk.state(ticket) == 'ringing'", "✓○", "whether your server decided or"),
        (
            "assert desk.customer.post('/assignment_callback', data={'A': '1'}).status_code == 200",
            "○○",
            "Next: The app answered 403: nothing signed your request.",
        ),
        (
            f"{SETTLE}assert taskrouter.deliveries()",
            "✓○",
            "The callback did arrive. What came back?",
        ),
        (
            f"{SETTLE}\n    for each in taskrouter.deliveries(kind='event'): assert each.answer == {{}}",
            "✓○",
            "Next: Nothing was compared.",
        ),
        ("from callback_broken import add_callback", "○○", "Next: On your app, the response to"),
        (
            f"{SETTLE}assert taskrouter.deliveries()[0].attempts[0]['answer'] is None",
            "○○",
            "Next: On your app, the response to the callback is an empty JSON object",
        ),
        (
            "taskrouter.settle(); [delivery] = taskrouter.deliveries()",
            "○○",
            NO_CALLBACK,
        ),
        (
            f"{SETTLE}assert not taskrouter.deliveries()[0].attempts[0]['answer']",
            "✓○",
            "Compare it with `{}`: the answer of a failed request is empty too.",
        ),
        (
            "answer = taskrouter.deliveries()[0].attempts[0]['answer']; desk.open()",
            "○○",
            NO_CALLBACK,
        ),
        (
            "[delivery] = taskrouter.deliveries(); desk.open()",
            "○○",
            NO_CALLBACK,
        ),
        (SOLUTIONS[2], "✓✓", ""),
        (
            f"{SIGN} assert desk.customer.post(url, data=parameters, headers=header).json == {{}}",
            "✓✓",
            "",
        ),
    ],
)
def test_green_break_names_the_slip(lab, expect, line, marked, advice):
    attempt(lab, "test_answer.py", line)
    expect(green_break(lab), marked, advice)


@pytest.mark.parametrize(
    ("self_check", "file"),
    [
        (thirty_seconds, "test_timeout.py"),
        (close_a_ticket, "closing.py"),
        (green_break, "test_answer.py"),
        (thirty_seconds, "conftest.py"),
    ],
)
def test_self_check_without_a_file_says_which_cells_to_run(lab, self_check, file):
    (lab.path / file).unlink()
    found = self_check(lab)
    assert not found.solved
    assert "run the cells that write the app's files" in found.advice


def test_syntax_error_in_a_test_is_named(lab):
    attempt(lab, "test_timeout.py", "assert desk.state(ticket) = 'waiting'")
    assert "SyntaxError" in thirty_seconds(lab).advice


@pytest.mark.parametrize(
    ("file", "line", "error"),
    [
        ("closing.py", "print((", "SyntaxError"),
        ("closing.py", "\nimport nowhere", "No module named"),
    ],
)
def test_error_in_the_learners_file_is_named_in_a_kernel(lab, monkeypatch, file, line, error):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as ipykernel does
    attempt(lab, file, line)
    advice = close_a_ticket(lab).advice
    assert error in advice and "\x1b" not in advice


def test_break_of_a_text_that_is_not_there_says_so(lab):
    with pytest.raises(ValueError, match="'TIMEOUT = 20' occurs 0 times in the app's files"):
        break_app(lab, "TIMEOUT = 20", "")
    with pytest.raises(ValueError, match="'import' occurs [1-9][0-9]* times"):
        break_app(lab, "import", "")


def test_break_leaves_the_files_as_they_are(lab):
    before = (lab.path / "floor.py").read_text("utf-8")
    assert not break_app(lab, 'create("Spanish"', 'create("French"', "test_floor.py").green
    assert (lab.path / "floor.py").read_text("utf-8") == before


def test_run_that_does_not_end_is_stopped_with_a_sentence(lab, monkeypatch):
    monkeypatch.setattr("helpers.exercises.pytest_run.SECONDS", 0.5)
    attempt(lab, "test_timeout.py", "import time; time.sleep(60)")
    found = run_pytest(lab, "test_timeout.py")
    assert not found.green
    assert found.error.startswith("pytest has not ended")


def test_file_for_ci_installs_what_the_app_imports_and_runs_pytest():
    [text] = re.findall(r"```yaml\n(.*?)```", CELLS[-1].source, re.DOTALL)
    [job] = yaml.safe_load(text)["jobs"].values()
    *_, install, test = [step["run"] for step in job["steps"] if "run" in step]
    assert test == "pytest"
    pip, command, *packages = shlex.split(install)
    assert (pip, command) == ("pip", "install")
    imported = set(re.findall(r"^(?:from|import) (\w+)", "\n".join(FILES.values()), re.MULTILINE))
    own = {name.removesuffix(".py") for name in FILES}
    brought = {"twilio": "local-taskrouter", "werkzeug": "flask", "json": "", "threading": ""}
    needed = {brought.get(name, name) for name in imported - own} - {""}
    assert needed | {"local-taskrouter"} == {Requirement(each).name for each in packages}
