"""One exchange of the request log, in full, as HTML; every value in it is text."""

import json
import re
from collections.abc import Mapping
from html import escape

from local_taskrouter.rules.times import iso

from helpers.display.html import CODE, facts_html, folded_html, table_html
from helpers.display.theme import INK
from helpers.session.request_log import Exchange
from helpers.tables.exchanges import use_of

_LONGEST = 20_000
_WORKSPACE = re.compile(r"^/v1/Workspaces/WS[0-9a-f]{32}(?=/)")
_SID = re.compile(r"\b([A-Z]{2})[0-9a-f]{26}([0-9a-f]{6})\b")
_STYLE = f"color:{INK};line-height:1.5;overflow-wrap:anywhere"


def exchange_html(exchange: Exchange) -> str:
    """What was asked, with which parameters, and what was answered; the headers folded away."""
    parts = [
        facts_html(_facts(exchange)),
        _section("Parameters", _parameters(exchange.parameters)),
        _section("Body", _code("Body", pretty(exchange.request_body))),
        _section("Answer", _code("Answer", pretty(exchange.response_body))),
        _section("What went wrong", _code("What went wrong", exchange.error or "")),
        folded_html("Headers of the request", sorted(exchange.request_headers.items())),
        folded_html("Headers of the answer", sorted(exchange.response_headers.items())),
    ]
    return f'<div style="{_STYLE}">{"".join(parts)}</div>'


def pretty(text: str) -> str:
    """JSON on several lines; other text, and what is too long to read, as it is or cut."""
    try:
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        pass
    cut = f"\n… and {len(text) - _LONGEST} characters more"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + cut


def in_milliseconds(exchange: Exchange) -> str:
    """ "12 ms" """
    return f"{exchange.duration * 1000:.0f} ms"


def answer_of(exchange: Exchange) -> str:
    """The HTTP status, or that there was no answer."""
    return "no answer" if exchange.status is None else str(exchange.status)


def line_of(one: Exchange) -> str:
    """ "10:15:00 → sent POST 201 …/Tasks/WT…3f9a1c (12 ms)" """
    arrow = {"sent": "→ sent", "received": "← received"}.get(one.direction, one.direction)
    at = one.at.strftime("%H:%M:%S")
    path = _SID.sub(r"\1…\2", _WORKSPACE.sub("…", one.path))
    return f"{at} {arrow} {one.method} {answer_of(one)} {path} ({in_milliseconds(one)})"


def status_class(one: Exchange) -> str:
    return "no answer" if one.status is None else f"{one.status // 100}xx"


def searchable_text(one: Exchange) -> str:
    parameters = " ".join(f"{name}={value}" for name, value in one.parameters.items())
    bodies = f"{one.request_body} {one.response_body}"
    return f"{one.method} {one.url} {parameters} {bodies} {one.error or ''}".casefold()


def _facts(exchange: Exchange) -> list[tuple[str, object]]:
    by = {"twilio": "the twilio package", None: "you"}.get(exchange.sent_by, exchange.sent_by)
    sender = {"sent": f"sent by {by}", "received": "received by your server"}
    return [
        ("request", f"{exchange.method} {exchange.url}"),
        ("direction", sender.get(exchange.direction, exchange.direction)),
        ("time", iso(exchange.at)),
        ("status", answer_of(exchange)),
        ("duration", in_milliseconds(exchange)),
    ]


def _parameters(parameters: Mapping[str, str]) -> str:
    rows = [(name, pretty(value), use_of(name)) for name, value in sorted(parameters.items())]
    explained = any(use for _, _, use in rows)
    columns = ["name", "value", *(["what a server would use it for"] if explained else [])]
    return table_html(columns, [row[: len(columns)] for row in rows])


def _section(title: str, html: str) -> str:
    return f'<div style="margin-top:6px"><strong>{title}</strong></div>{html}' if html else ""


def _code(name: str, text: str) -> str:
    """A long text scrolls in its place, by keyboard too, so that what follows stays near."""
    if not text:
        return ""
    return (
        f'<pre tabindex="0" role="region" aria-label="{name}" '
        f'style="{CODE};max-height:26em;overflow:auto">{escape(text)}</pre>'
    )
