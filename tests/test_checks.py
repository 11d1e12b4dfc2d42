import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from helpers import checks
from helpers.checks import CheckFailed, check, wait_for


class Clock:
    """Time that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(checks, "time", clock)
    return clock


def test_a_true_check_prints_one_line(capsys):
    check("Alice's Activity", "Offline", "Offline")
    assert capsys.readouterr().out == "✓ Alice's Activity: Offline\n"


def test_a_check_without_expectation_needs_no_value_in_its_line(capsys):
    check("Bob does not match", True)
    assert capsys.readouterr().out == "✓ Bob does not match\n"


def test_a_failed_check_says_expected_found_and_hint(capsys):
    with pytest.raises(CheckFailed) as failed:
        check("Alice's Activity", "Idle", "Offline", hint="Run the cell above.")
    assert str(failed.value) == (
        "✗ Alice's Activity: expected Offline, found Idle. Run the cell above."
    )
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("found", ["", None, [], 0, "True", ["something"]])
def test_what_is_not_equal_fails(found):
    with pytest.raises(CheckFailed, match="expected True, found"):
        check("it", found)


def test_an_empty_text_is_visible_in_the_message():
    with pytest.raises(CheckFailed, match="expected '', found None"):
        check("it", None, "")


def test_a_failed_check_is_an_assertion_error():
    assert issubclass(CheckFailed, AssertionError)


def test_a_notebook_shows_the_sentence_without_frames():
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shown: list[str] = []
    shell._showtraceback = lambda kind, error, lines: shown.extend(lines)
    shell.run_cell("from helpers.checks import check\ncheck('it', 1, 2, hint='Try again.')")
    InteractiveShell.clear_instance()
    assert shown == ["CheckFailed: ✗ it: expected 2, found 1. Try again."]


def test_waiting_returns_what_came(clock):
    answers = iter([None, [], "came"])
    assert wait_for("it", lambda: next(answers)) == "came"
    assert len(clock.pauses) == 2


def test_nothing_is_waited_for_what_is_already_there(clock):
    assert wait_for("it", lambda: 7) == 7
    assert clock.pauses == []


def test_waiting_ends_with_a_sentence(clock):
    with pytest.raises(CheckFailed) as failed:
        wait_for("the Reservation", lambda: None, timeout=10, hint="Is Alice Idle?")
    assert str(failed.value) == "✗ the Reservation: not within 10 seconds. Is Alice Idle?"
    assert 10 <= clock.now <= 10.5


def test_the_last_moment_still_counts(clock):
    assert wait_for("it", lambda: clock.now >= 1, timeout=1) is True


def test_pauses_grow_but_stay_short(clock):
    with pytest.raises(CheckFailed):
        wait_for("it", lambda: False, timeout=60)
    assert clock.pauses[0] < 0.05
    assert max(clock.pauses) <= 0.5


def test_what_the_condition_raises_is_not_hidden(clock):
    with pytest.raises(ZeroDivisionError):
        wait_for("it", lambda: 1 / 0)
