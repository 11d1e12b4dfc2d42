import pytest

from helpers import checks
from helpers.checks import CheckFailed, check, wait_for


class Clock:
    """A clock that only `sleep` moves."""

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


def test_passed_check_prints_one_line(capsys):
    check("Alice's Activity", "Offline", "Offline")
    assert capsys.readouterr().out == "✓ Alice's Activity: Offline\n"


def test_passed_check_without_expectation_prints_no_value(capsys):
    check("Bob does not match", True)
    assert capsys.readouterr().out == "✓ Bob does not match\n"


def test_failed_check_raises_with_expected_found_and_hint(capsys):
    with pytest.raises(CheckFailed) as failed:
        check("Alice's Activity", "Idle", "Offline", hint="Run the cell above.")
    assert str(failed.value) == (
        "✗ Alice's Activity: expected Offline, found Idle. Run the cell above."
    )
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("found", ["", None, [], 0, "True", ["something"]])
def test_unequal_value_raises(found):
    with pytest.raises(CheckFailed, match="expected True, found"):
        check("it", found)


def test_empty_text_is_quoted_in_the_message():
    with pytest.raises(CheckFailed, match="expected '', found None"):
        check("it", None, "")


def test_check_failed_is_an_assertion_error():
    assert issubclass(CheckFailed, AssertionError)


def test_wait_for_returns_the_first_true_value(clock):
    answers = iter([None, [], "came"])
    assert wait_for("it", lambda: next(answers)) == "came"
    assert len(clock.pauses) == 2


def test_wait_for_does_not_sleep_for_a_true_condition(clock):
    assert wait_for("it", lambda: 7) == 7
    assert clock.pauses == []


def test_timeout_raises_with_the_hint(clock):
    with pytest.raises(CheckFailed) as failed:
        wait_for("the Reservation", lambda: None, timeout=10, hint="Is Alice Idle?")
    assert str(failed.value) == "✗ the Reservation: not within 10 seconds. Is Alice Idle?"
    assert 10 <= clock.now <= 10.5


def test_condition_is_polled_at_the_end_of_the_timeout(clock):
    assert wait_for("it", lambda: clock.now >= 1, timeout=1) is True


def test_pauses_grow_up_to_half_a_second(clock):
    with pytest.raises(CheckFailed):
        wait_for("it", lambda: False, timeout=60)
    assert clock.pauses[0] < 0.05
    assert max(clock.pauses) <= 0.5


def test_exception_of_the_condition_is_raised(clock):
    with pytest.raises(ZeroDivisionError):
        wait_for("it", lambda: 1 / 0)
