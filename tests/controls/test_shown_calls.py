"""The call that a panel shows has the same effect in a cell or a terminal as the click had."""

import json
import shlex
from contextlib import suppress
from urllib.parse import parse_qsl

import pytest
from press import press
from twilio.base.exceptions import TwilioRestException

from helpers import controls
from helpers.curl_command.parse import parse
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import Exchange


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    """Alice is reserved for the Task."""
    lab = prepared("task waiting")
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    return lab


def set_activity(lab: PreparedWorkspace):
    panel = controls.activity_toggle(lab, lab.bob_sid)
    press(panel, "set_activity", worker=lab.bob_sid, activity=lab.offline_sid)
    return panel


def set_activity_in_the_list(lab: PreparedWorkspace):
    panel = controls.workers(lab)
    press(panel, "set_activity", worker=lab.bob_sid, activity=lab.offline_sid)
    return panel


def cancel(lab: PreparedWorkspace):
    panel = controls.tasks(lab)
    press(panel, "cancel", task=lab.task_sid)
    return panel


def accept(lab: PreparedWorkspace):
    panel = controls.reservation(lab)
    one = panel.content["desk"]["reservation"]
    press(panel, "accept", task=one["task_sid"], reservation=one["sid"])
    return panel


def create(lab: PreparedWorkspace):
    panel = controls.task_form(lab)
    press(panel, "create", channel="voice")
    return panel


def advance(lab: PreparedWorkspace):
    panel = controls.clock(lab)
    press(panel, "advance", seconds=10)
    return panel


def send_again(lab: PreparedWorkspace):
    panel = controls.requests(lab)
    press(panel, "send_again", exchange=panel.content["opened"]["id"])
    return panel


def posts(lab: PreparedWorkspace) -> list[tuple[str, dict[str, str]]]:
    sent = lab.session.requests.sent()
    return [(one.url, dict(one.parameters)) for one in sent if one.method == "POST"]


@pytest.mark.parametrize(
    "click",
    [set_activity, set_activity_in_the_list, cancel, accept, create, advance, send_again],
)
def test_shown_call_is_the_one_that_was_sent(lab, click):
    before = len(posts(lab))
    call = click(lab).state.call
    [sent] = posts(lab)[before:]
    shown = parse(call.curl)
    assert shown.method == "POST"
    assert (shown.url, dict(parse_qsl(shown.body))) == sent
    with suppress(TwilioRestException):  # some calls are refused the second time
        eval(call.python, {"client": lab.session.client})
    assert posts(lab)[before:] == [sent, sent]


def test_shown_call_to_the_server_is_signed_and_has_no_credentials(lab, server):
    url = server.url_for("/assignment_callback")
    parameters = {"TaskSid": "WT1", "TaskAttributes": '{"a": "it\'s"}'}
    log = lab.session.requests
    log.record(Exchange("received", "POST", url, status=200, form=[*parameters.items()]))
    call = send_again(lab).state.call
    assert call is not None
    exec(call.python, {})  # noqa: S102
    again = log.received()[-1]
    assert len(log.received()) == 3
    assert (again.url, again.parameters) == (url, parameters)
    assert json.loads(again.response_body) == {"genuine": True}
    signature = again.request_headers["X-Twilio-Signature"]
    data = [f"{name}={value}" for name, value in parameters.items()]
    assert shlex.split(call.curl.replace("\\\n", "")) == [
        *("curl", "-X", "POST", url, "-H", f"X-Twilio-Signature: {signature}"),
        *(word for value in data for word in ("--data-urlencode", value)),
    ]
