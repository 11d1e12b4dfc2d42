"""What a notebook shows when a cell fails."""

import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbconvert.filters import strip_ansi
from traitlets.config import Config

from helpers import check, connect, explain
from helpers.session.cell_errors import fold_tracebacks

WHOLE = "%tb shows the whole traceback."


def _plain(text: str) -> list[str]:
    return strip_ansi(text).split("\n")


@pytest.fixture(scope="module")
def shell():
    yield InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell.clear_instance()


@pytest.fixture
def run(shell, session, prepared, monkeypatch):
    """Runs a cell; returns the lines that it shows when it fails."""
    monkeypatch.setattr(sys.modules["__main__"], "get_ipython", lambda: shell, raising=False)
    lab = prepared("task waiting")
    names = {"lab": lab, "workspace": lab.workspace, "explain": explain, "check": check}
    shell.user_ns.update(names, connect=connect)
    fold_tracebacks(session.requests)
    shown: list[str] = []
    shell._showtraceback = lambda kind, error, lines: shown.extend(_plain("\n".join(lines)))

    def run(cell: str) -> list[str]:
        shown.clear()
        shell.run_cell(cell)
        return shown

    return run


def test_refused_request_shows_line_message_and_advice(run):
    line, blank, message, advice, _, whole = run(
        "name = 'Alice'\nworkspace.workers(name).update(activity_sid=lab.idle_sid)\nprint('never')"
    )
    assert line == "Line 2:  workspace.workers(name).update(activity_sid=lab.idle_sid)"
    assert message.startswith(
        "TwilioRestException: TaskRouter refused this (HTTP 404, error 20404)"
    )
    assert advice == '"Alice" is not a SID. Pass the SID here, which begins with WK.'
    assert (blank, whole) == ("", WHOLE)


def test_refused_parameter_gets_advice_from_the_request_that_was_sent(run):
    lines = run('workspace.workers(lab.bob_sid).update(attributes={"languages": ["en"]})')
    assert lines[3].startswith("Pass JSON text: attributes=json.dumps")


def test_later_request_does_not_change_the_advice(run, session):
    lines = run(
        "try:\n"
        '    workspace.workers(lab.bob_sid).update(attributes={"languages": ["en"]})\n'
        "finally:\n"
        "    workspace.fetch()"
    )
    assert lines[3].startswith("Pass JSON text: attributes=json.dumps")


def test_failing_list_shows_the_answer_of_taskrouter(run):
    lines = run('lab.session.client.taskrouter.v1.workspaces("WS" + "0" * 32).tasks.list()')
    assert "HTTP 404, error 20404" in lines[2]
    assert lines[3].endswith("Run the notebook from its first cell.")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (
            "check('it', 1, 2, hint='Try again.')",
            "CheckFailed: ✗ it: expected 2, found 1. Try again.",
        ),
        ("explain(lab, 'WT1')", "ValueError: 'WT1' is not the SID of a Task"),
        ("connect('mars')", "ValueError: There is no target 'mars'."),
    ],
)
def test_error_of_the_helpers_shows_line_and_message(run, cell, message):
    line, _, shown, *rest = run(cell)
    assert line == f"Line 1:  {cell}"
    assert shown.startswith(message)
    assert rest == ["", WHOLE]


@pytest.mark.parametrize(
    ("cell", "message", "advice"),
    [
        (
            "print(reservation)",
            "NameError: name 'reservation' is not defined",
            "A cell above makes `reservation`: run the cells above this one first.",
        ),
        (
            "[task] = []",
            "ValueError: not enough values to unpack (expected 1, got 0)",
            "The list has more or fewer entries than the left side has names: print it.",
        ),
        (
            "check('it', later)",
            "NameError: name 'later' is not defined",
            "A cell above makes `later`",
        ),
        (
            "workspace.tasks(None).fetch()",
            "TwilioRestException: TaskRouter refused this (HTTP 404",
            "There is no SID: another cell has begun anew since.",
        ),
    ],
)
def test_cells_in_another_order_get_a_sentence(run, cell, message, advice):
    line, _, shown, said, *rest = run(cell)
    assert line == f"Line 1:  {cell}"
    assert shown.startswith(message) and said.startswith(advice)
    assert rest == ["", WHOLE]


def test_error_in_a_function_of_the_notebook_shows_its_line_there(run):
    lines = run("def slip():\n    explain(lab, 'WT1')\n\nslip()")
    assert lines[0] == "Line 2:      explain(lab, 'WT1')".replace("      ", "  ")


def test_traceback_magic_shows_every_frame(run):
    run("explain(lab, 'WT1')")
    lines = run("%tb")
    assert any("explanation/explain.py" in line.replace("\\", "/") for line in lines)
    assert WHOLE not in lines


@pytest.mark.parametrize(
    "cell", ["1 / 0", "workspace.task('WT1')", "check()", "import json; json.loads('x')"]
)
def test_error_outside_of_the_helpers_is_shown_as_always(run, cell):
    lines = run(cell)
    assert "Traceback (most recent call last)" in "".join(lines)
    assert WHOLE not in lines


def test_syntax_error_is_shown_as_always(run):
    lines = run("lab = = 1")
    assert any("SyntaxError: invalid syntax" in line for line in lines)
    assert WHOLE not in lines
