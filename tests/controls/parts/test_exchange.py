from datetime import UTC, datetime

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator

from helpers.controls.parts.exchange import pretty, show_exchange, show_line
from helpers.session.request_log import Exchange

WORKSPACE, TASK = f"WS{'0' * 32}", f"WT{'1' * 32}"
URL = f"http://127.0.0.1/v1/Workspaces/{WORKSPACE}/Tasks"
TOKEN = "token"


def name_of(sid: str) -> str:
    return "Spanish #1" if sid == TASK else sid[:2]


def shown(exchange: Exchange) -> dict:
    return show_exchange(exchange, "1", name_of, TOKEN)


def test_exchange_shows_sender_request_time_and_duration():
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    exchange = Exchange(
        "sent", "GET", "http://127.0.0.1/x?a=1", 200, at, duration=0.0123, sent_by="curl"
    )
    view = shown(exchange)
    [attempt] = view["attempts"]
    assert (view["at"], view["method"], view["sender"]) == (at.timestamp(), "GET", "sent by curl")
    assert (attempt["url"], attempt["status"]) == ("http://127.0.0.1/x?a=1", 200)
    assert (attempt["seconds"], attempt["problem"]) == (0.0123, "")
    assert (view["parameters"], view["uses"]) == ({"a": "1"}, {})


CREATED = f'{{"sid": "{TASK}"}}'
SENTENCES = [
    (Exchange("sent", "POST", URL, 201, response_body=CREATED), "You created Spanish #1"),
    (Exchange("sent", "GET", f"{URL}/{TASK}", 200), "You read Tasks / Spanish #1"),
    (Exchange("sent", "DELETE", f"{URL}/{TASK}", 204), "You deleted Tasks / Spanish #1"),
    (Exchange("sent", "POST", URL, 400), "POST Tasks was refused"),
    (Exchange("sent", "POST", URL), "No answer to POST Tasks"),
    (
        Exchange("sent", "POST", f"{URL}/x", 200, form=[("ReservationStatus", "accepted")]),
        "You set the Reservation to accepted",
    ),
    (
        Exchange(
            "received",
            "POST",
            "http://h/a",
            200,
            form=[("TaskSid", TASK), ("ReservationSid", "WR")],
        ),
        "TaskRouter asked your server about Spanish #1",
    ),
    (
        Exchange("received", "POST", "http://h/a", 200, form=[("EventType", "task.created")]),
        "TaskRouter told your server about the Event task.created",
    ),
    (
        Exchange("received", "POST", "http://h/a", 500, form=[("TaskSid", TASK)]),
        "Your server failed on Spanish #1",
    ),
    (Exchange("received", "GET", "http://h/a", 200), "Your server received GET /a"),
]


@pytest.mark.parametrize(("exchange", "sentence"), SENTENCES)
def test_title_says_what_happened(exchange, sentence):
    assert shown(exchange)["says"] == sentence


NOTES = [
    (Exchange("sent", "POST", URL, 201, response_body=CREATED), "created Spanish #1"),
    (
        Exchange("sent", "GET", URL, 200, response_body='{"meta": {"key": "a"}, "a": [1]}'),
        "1 found",
    ),
    (Exchange("sent", "POST", URL, 200, form=[("ActivitySid", "WA")]), "Activity WA"),
    (Exchange("sent", "POST", URL, 400, response_body='{"message": "No."}'), "No."),
    (Exchange("sent", "POST", URL, error="Error\nrefused\n"), "refused"),
    (
        Exchange(
            "received", "POST", "http://h", 200, form=[("TaskSid", TASK), ("WorkerName", "Al")]
        ),
        "Spanish #1 · Al",
    ),
    (Exchange("sent", "GET", URL, 200, response_body="[1]"), ""),
]


@pytest.mark.parametrize(("exchange", "note"), NOTES)
def test_line_notes_what_came_of_it(exchange, note):
    assert show_line(exchange, "1", name_of)["note"] == note


@pytest.mark.parametrize(("token", "valid"), [(TOKEN, True), ("another", False)])
def test_signature_of_a_received_request_is_checked(token, valid):
    form = [("a", "1"), ("a", "2")]
    with Flask("learners").test_request_context("/", method="POST", data={"a": ["1", "2"]}) as sent:
        signature = RequestValidator(token).compute_signature("http://h/a", sent.request.form)
    headers = {"x-twilio-signature": signature}
    request = Exchange("received", "POST", "http://h/a", 200, form=form, request_headers=headers)
    assert shown(request)["signature"] is valid


def test_request_without_a_signature_has_none_to_check():
    assert shown(Exchange("received", "POST", "http://h/a", 200))["signature"] is None


def test_headers_are_sorted_and_empty_ones_stay_away():
    exchange = Exchange("sent", "GET", "http://h", 200, request_headers={"b": "2", "a": "1"})
    assert shown(exchange)["headers"] == [
        ["Headers of the request", {"a": "1", "b": "2"}],
        ["Headers of the answer", {}],
    ]


def test_json_is_indented_and_long_text_is_cut():
    assert pretty('{"a":[1]}') == '{\n  "a": [\n    1\n  ]\n}'
    assert pretty('{"name":"José"}') == '{\n  "name": "José"\n}'
    assert pretty("not json") == "not json"
    assert pretty("x" * 20_000) == "x" * 20_000
    assert pretty("x" * 30_000).endswith("… and 10000 characters more")
