"""The call that a panel shows, copied into a cell or a terminal, does what the press has done."""

from contextlib import suppress

import pytest
from twilio.base.exceptions import TwilioRestException

from helpers import controls
from helpers.curl_command import parse
from helpers.workspace import Lab, prepare


@pytest.fixture
def lab(session) -> Lab:
    """Alice is reserved for the Task."""
    lab = prepare(session, "task waiting")
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    return lab


def set_activity(lab: Lab):
    panel = controls.activity_toggle(lab, lab.bob_sid)
    panel.on_toggle({"new": lab.offline_sid})
    return panel


def set_activity_in_the_list(lab: Lab):
    panel = controls.workers(lab)
    toggles = panel.lines[lab.bob_sid].toggles
    panel.on_choose(lab.bob_sid, {"new": lab.offline_sid, "owner": toggles})
    return panel


def cancel(lab: Lab):
    panel = controls.tasks(lab)
    panel.on_end(lab.task_sid, "cancel")
    return panel


def accept(lab: Lab):
    panel = controls.reservation(lab)
    panel.on_accept(panel.accept)
    return panel


def create(lab: Lab):
    panel = controls.task_form(lab)
    panel.channel.value = "voice"
    panel.on_create(panel.button)
    return panel


def advance(lab: Lab):
    panel = controls.clock(lab)
    panel.on_step(10)
    return panel


def posts(lab: Lab) -> list[tuple[str, dict[str, str]]]:
    sent = lab.session.requests.sent()
    return [(one.url, dict(one.parameters)) for one in sent if one.method == "POST"]


@pytest.mark.parametrize(
    "press", [set_activity, set_activity_in_the_list, cancel, accept, create, advance]
)
def test_the_call_that_is_shown_is_the_one_that_was_sent(lab, press):
    before = len(posts(lab))
    call = press(lab).state.call
    [sent] = posts(lab)[before:]
    asked = parse(call.curl)
    assert asked.method == "POST"
    assert (asked.url, dict(value.split("=", 1) for _, value in asked.data)) == sent
    with suppress(TwilioRestException):  # what is done cannot always be done twice
        eval(call.python, {"client": lab.session.client})
    assert posts(lab)[before:] == [sent, sent]
