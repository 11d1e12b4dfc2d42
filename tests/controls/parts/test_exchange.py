from datetime import UTC, datetime

from helpers.controls.parts.exchange import exchange_html, pretty
from helpers.session.request_log import Exchange

MARKUP = "<img src=x onerror=alert(1)>"


def test_exchange_shows_sender_request_time_and_duration():
    exchange = Exchange(
        "sent",
        "GET",
        "http://127.0.0.1/x?a=1",
        status=200,
        at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        duration=0.0123,
        sent_by="curl",
    )
    shown = exchange_html(exchange)
    for value in ("GET http://127.0.0.1/x?a=1", "sent by curl", "2026-01-02T03:04:05Z", "12 ms"):
        assert f">{value}</td>" in shown
    assert ">200</td>" in shown
    assert "what a server would use it for" not in shown


def test_every_value_is_escaped():
    exchange = Exchange(
        "received",
        MARKUP,
        f"http://127.0.0.1/{MARKUP}",
        form=[(MARKUP, MARKUP)],
        request_body=MARKUP,
        request_headers={MARKUP: MARKUP},
        response_headers={MARKUP: MARKUP},
        response_body=MARKUP,
        error=MARKUP,
    )
    assert "<img" not in exchange_html(exchange)
    assert exchange_html(exchange).count("&lt;img") == 11


def test_json_is_indented_and_long_text_is_cut():
    assert pretty('{"a":[1]}') == '{\n  "a": [\n    1\n  ]\n}'
    assert pretty('{"name":"José"}') == '{\n  "name": "José"\n}'
    assert pretty("not json") == "not json"
    assert pretty("x" * 20_000) == "x" * 20_000
    assert pretty("x" * 30_000).endswith("… and 10000 characters more")
