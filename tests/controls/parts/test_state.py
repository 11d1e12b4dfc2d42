import threading
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from helpers.controls.parts.state import ControlState, error_with_advice


@pytest.fixture
def state() -> ControlState:
    no_lab: Any = None
    return ControlState(no_lab)


def test_action_is_busy_while_it_runs(state):
    seen = []
    assert state.attempt(lambda: seen.append(state.busy)) is True
    assert seen == [True]
    assert state.busy is False


def test_second_action_does_not_start_while_one_is_running(state):
    begun, may_end, ran = threading.Event(), threading.Event(), []

    def slow() -> None:
        begun.set()
        may_end.wait(10)

    other = threading.Thread(target=state.attempt, args=(slow,))
    other.start()
    assert begun.wait(10)
    assert state.attempt(lambda: ran.append(1)) is False
    may_end.set()
    other.join(10)
    assert ran == []
    assert state.attempt(lambda: ran.append(1)) is True
    assert ran == [1]


def test_error_of_an_action_is_kept_until_the_next_action(state):
    def fail() -> None:
        raise ValueError("No such thing.")

    assert state.attempt(fail) is True
    assert (state.error, state.busy) == ("No such thing.", False)
    state.attempt(lambda: None)
    assert state.error == ""


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            requests.ConnectionError("long story"),
            (
                "TaskRouter does not answer (ConnectionError). Run the cell with connect() again, then "
                "try once more."
            ),
        ),
        (
            TwilioRestException(404, "/Workspaces/Care", "Not here", code=20404),
            (
                "TaskRouter refused this (HTTP 404, error 20404): Not here. "
                '"Care" is not a SID. Pass the SID here, which begins with WS.'
            ),
        ),
        (ValueError("No such thing."), "No such thing."),
    ],
)
def test_error_is_a_message_and_what_to_do(error, message):
    assert error_with_advice(error) == message
