import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas
import pytest
import requests

from helpers.session.request_log import (
    MASK,
    Exchange,
    LoggingHttpClient,
    RequestLog,
    Secret,
    with_query,
)

TOKEN = "0123456789abcdef0123456789abcdef"


class _Echo(BaseHTTPRequestHandler):
    """Answers with the request, so that a leaked secret would come back."""

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        received = {
            "path": self.path,
            "authorization": self.headers.get("Authorization"),
            "body": self.rfile.read(size).decode(),
        }
        body = json.dumps(received).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def echo():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def sent(status: int | None = 200, **fields: object) -> Exchange:
    return Exchange(
        **{"direction": "sent", "method": "GET", "url": "http://x/a", **fields}, status=status
    )


def test_request_of_the_sdk_client_is_recorded_with_its_answer(echo):
    log = RequestLog()
    answer = LoggingHttpClient(log).request("post", f"{echo}/v1/Tasks", data={"Priority": 3})
    [exchange] = log
    assert answer.status_code == 201
    assert (exchange.direction, exchange.method, exchange.path) == ("sent", "POST", "/v1/Tasks")
    assert exchange.status == 201
    assert exchange.parameters == {"Priority": "3"}
    assert json.loads(exchange.response_body)["body"] == "Priority=3"
    assert exchange.response_headers["Content-Length"]
    assert exchange.duration > 0
    assert exchange.error is None


def test_query_parameters_are_recorded_in_the_url_and_decoded(echo):
    log = RequestLog()
    LoggingHttpClient(log).request(
        "GET", f"{echo}/v1/Tasks", params={"AssignmentStatus": ["pending", "reserved"], "No": None}
    )
    assert log[0].url == f"{echo}/v1/Tasks?AssignmentStatus=pending&AssignmentStatus=reserved"
    assert log[0].parameters == {"AssignmentStatus": "pending,reserved"}


def test_credentials_echoed_by_the_server_are_masked(echo):
    log = RequestLog()
    answer = LoggingHttpClient(log).request(
        "POST", f"{echo}/v1?t={TOKEN}", data={"x": TOKEN}, auth=("AC0", TOKEN)
    )
    encoded = json.loads(answer.text)["authorization"].removeprefix("Basic ")
    assert encoded
    stored = repr(vars(log[0]))
    assert TOKEN not in stored and encoded not in stored
    assert log[0].request_headers["Authorization"] == MASK
    assert log[0].parameters == {"t": MASK, "x": MASK}


def test_request_without_an_answer_is_recorded_and_raises():
    log = RequestLog()
    with pytest.raises(requests.ConnectionError):
        LoggingHttpClient(log, timeout=1).request("GET", "http://127.0.0.1:1/v1")
    assert log[0].status is None
    assert log[0].error.startswith("ConnectionError: ")
    assert repr(log[0]) == "sent: GET /v1 → no answer"


@pytest.mark.parametrize(
    "fields",
    [
        {"url": f"http://x/{TOKEN}"},
        {"request_headers": {"X": f"a {TOKEN}"}},
        {"response_headers": {"Y": TOKEN}},
        {"form": [(TOKEN, "value")]},
        {"form": [("name", f"{TOKEN}{TOKEN}")]},
        {"request_body": f'{{"t": "{TOKEN}"}}'},
        {"response_body": f'{{"t": "{TOKEN}"}}'},
        {"error": f"no {TOKEN}"},
    ],
)
def test_known_secret_is_masked_wherever_it_is(fields):
    log = RequestLog(secrets=[TOKEN])
    kept = log.record(sent(**fields))
    assert TOKEN not in repr(vars(kept)) and MASK in repr(vars(kept))
    assert log[0] == kept


@pytest.mark.parametrize("part", ["request_headers", "response_headers"])
def test_credentials_in_a_header_are_masked_even_if_unknown(part):
    kept = RequestLog().record(sent(**{part: {"authorization": "Bearer other"}}))
    assert getattr(kept, part) == {"authorization": MASK}


def test_when_a_secret_is_a_parameter_then_it_is_sent(echo):
    response = LoggingHttpClient(RequestLog()).request("POST", echo, data={"t": Secret(TOKEN)})
    assert f"t={TOKEN}" in response.text


def test_empty_secret_masks_nothing():
    log = RequestLog(secrets=[""])
    log.hide("")
    assert log.record(sent(response_body="plain")).response_body == "plain"


def test_full_log_keeps_the_latest_exchanges():
    log = RequestLog(limit=3)
    for status in range(200, 205):
        log.record(sent(status))
    assert [exchange.status for exchange in log] == [202, 203, 204]
    assert len(log) == 3
    assert log[-1].status == 204


def test_exchanges_are_selected_by_direction_and_path():
    log = RequestLog()
    one, two = log.record(sent(url="http://x/a?b=1")), log.record(sent(url="http://x/c"))
    three = log.record(Exchange("received", "POST", "http://me/a", 200))
    assert log.sent() == [one, two]
    assert log.sent("/a") == [one]
    assert log.received("/a") == [three]
    assert log.received("/c") == []


def test_cleared_log_is_empty():
    log = RequestLog()
    log.record(sent())
    log.clear()
    assert list(log) == []


def test_concurrent_threads_lose_no_exchange():
    log = RequestLog(limit=5000)

    def record_many() -> None:
        for _ in range(500):
            log.record(sent())
            list(log)

    threads = [threading.Thread(target=record_many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log) == 4000


def test_parameters_are_appended_to_an_existing_query():
    assert with_query("http://x/a?b=1", {"c": 2}) == "http://x/a?b=1&c=2"
    assert with_query("http://x/a", {"c": None}) == "http://x/a"


def test_since_returns_new_exchanges_even_after_clear():
    log = RequestLog(limit=3)
    log.record(sent())
    then = log.changes
    assert log.since(then) == []
    two = log.record(sent(201))
    assert log.since(then) == [two]
    log.clear()
    assert log.since(then) == []
    three = log.record(sent(202))
    assert log.since(then) == [three]


def test_since_mark_returns_the_exchanges_of_the_latest_attempt():
    log = RequestLog(limit=3)
    log.record(Exchange("sent", "POST", "/0"))
    assert [each.url for each in log.since_mark()] == ["/0"]
    log.mark()
    assert log.since_mark() == [] and log.latest_change() is None
    for direction, method in (("sent", "POST"), ("sent", "GET"), ("received", "POST")):
        log.record(Exchange(direction, method, f"/{direction} {method}"))
    assert len(log.since_mark()) == 3
    assert log.latest_change() == log.since_mark()[0]
    log.mark()
    assert log.latest_change() is None


def test_parameters_join_query_and_form():
    exchange = sent(url="http://x/a?b=1&b=2&c=", form=[("b", "3"), ("d", "ñ")])
    assert exchange.parameters == {"b": "1,2,3", "c": "", "d": "ñ"}


@pytest.mark.parametrize(("level", "lines"), [("INFO", True), ("WARNING", False)])
def test_log_of_the_sdk_is_written_at_its_level(echo, caplog, level, lines):
    with caplog.at_level(level, "twilio.http_client"):
        LoggingHttpClient(RequestLog()).request("POST", echo, headers={"Accept": "text/x"})
    assert (
        ("Accept : text/x" in caplog.text) == ("Response Status Code: 201" in caplog.text) == lines
    )


def test_repeated_field_is_kept_in_order(echo):
    log = RequestLog()
    LoggingHttpClient(log).request("POST", echo, data={"a": ["1", "2"], "b": 3, "No": None})
    assert json.loads(log[0].response_body)["body"] == "a=1&a=2&b=3"
    assert log[0].form == [("a", "1"), ("a", "2"), ("b", "3")]


def test_json_of_the_sdk_is_recorded_as_body(echo):
    log = RequestLog()
    headers = {"Content-Type": "application/json"}
    LoggingHttpClient(log).request("POST", echo, data={"a": [1]}, headers=headers)
    assert json.loads(log[0].response_body)["body"] == log[0].request_body == '{"a": [1]}'
    assert not log[0].form


def test_url_encoded_secret_is_masked():
    log = RequestLog(secrets=["a/b+c="])
    kept = log.record(sent(url=with_query("http://x/a", {"t": "a/b+c="})))
    assert (kept.url, kept.parameters) == (f"http://x/a?t={MASK}", {"t": MASK})


def test_when_a_secret_is_shown_then_it_is_masked_and_its_characters_still_work():
    secret = Secret(TOKEN)
    frame = pandas.DataFrame([{"auth_token": secret}])
    shown = [repr(secret), str(secret), f"{secret} {secret:>9}", repr([secret])]
    for text in [*shown, repr(frame), frame.to_string(), frame.to_html()]:
        assert TOKEN not in text
    assert secret == TOKEN and secret.encode() == TOKEN.encode()
    assert json.loads(json.dumps({"token": secret})) == {"token": TOKEN}
