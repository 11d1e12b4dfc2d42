from datetime import UTC, datetime

import pytest

from helpers import controls
from helpers.controls.requests import Requests
from helpers.controls.requests_state import MOST
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import Exchange


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


@pytest.fixture
def panel(lab) -> Requests:
    return controls.requests(lab)


def descriptions(panel: Requests) -> list[str]:
    return [description for description, _ in panel.list.options]


@pytest.mark.parametrize("text", ["delete", "/other", "color=red", "cannot go", "reset by peer"])
def test_a_request_is_found_by_whatever_is_said_in_it(lab, panel, text):
    url, form = "http://127.0.0.1:1/other", [("Color", "red")]
    body, error = "It cannot go.", "Connection reset by peer"
    lab.session.requests.record(
        Exchange("sent", "DELETE", url, form=form, response_body=body, error=error)
    )
    panel.text.value = text
    assert len(descriptions(panel)) == 1


def test_a_request_that_did_not_fail_is_not_found_by_none(lab, panel):
    lab.workspace.workers(lab.bob_sid).fetch()
    panel.state.receive(panel.state.watch.news)
    panel.text.value = "none"
    assert descriptions(panel) == []


def test_each_status_has_its_filter_and_each_direction_its_arrow(lab, panel):
    lab.session.requests.clear()
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    for status in (200, 302, 404, 500):
        url = f"http://127.0.0.1:1/{status}"
        lab.session.requests.record(Exchange("received", "POST", url, status=status, at=at))
    for kind, status in (("2xx", 200), ("3xx", 302), ("4xx", 404), ("5xx", 500)):
        panel.status.value = kind
        told = f"03:04:05 ← received POST {status} /{status} (0 ms)"
        assert descriptions(panel) == [told]


def test_the_newest_are_listed_when_there_are_many(lab, panel):
    for number in range(MOST + 1):
        lab.session.requests.record(Exchange("sent", "GET", f"http://127.0.0.1:1/{number}"))
    panel.state.receive(panel.state.watch.news)
    assert len(descriptions(panel)) == MOST
    assert f"/{MOST} (" in descriptions(panel)[0]
    assert "/1 (" in descriptions(panel)[-1]
