"""One exchange of the request log: in one line, and in full as HTML with every value escaped."""

import json
import re
from collections.abc import Mapping
from html import escape

from local_taskrouter.rules.timeouts import iso

from helpers.display.html import CODE, facts_html, folded_html, table_html
from helpers.display.theme import INK
from helpers.session.request_log import Exchange
from helpers.tables.exchanges import use_of

_LONGEST = 20_000
_WORKSPACE = re.compile(r"^/v1/Workspaces/WS[0-9a-f]{32}(?=/)")
_SID = re.compile(r"\b([A-Z]{2})[0-9a-f]{26}([0-9a-f]{6})\b")
_STYLE = f"color:{INK};line-height:1.5;overflow-wrap:anywhere"


def exchange_html(exchange: Exchange) -> str:
    """Return the request, its parameters and the answer; the headers are folded away."""
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
    """Indent JSON; leave other text unchanged; cut what is too long to read."""
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
    """Return the HTTP status, "no answer" without one."""
    return "no answer" if exchange.status is None else str(exchange.status)


def line_of(exchange: Exchange) -> str:
    """ "10:15:00 → sent POST 201 …/Tasks/WT…3f9a1c (12 ms)" """
    arrow = {"sent": "→ sent", "received": "← received"}.get(exchange.direction, exchange.direction)
    at = exchange.at.strftime("%H:%M:%S")
    path = _SID.sub(r"\1…\2", _WORKSPACE.sub("…", exchange.path))
    return (
        f"{at} {arrow} {exchange.method} {answer_of(exchange)} {path} ({in_milliseconds(exchange)})"
    )


def status_class(exchange: Exchange) -> str:
    """ "2xx", "no answer" without one"""
    return "no answer" if exchange.status is None else f"{exchange.status // 100}xx"


def searchable_text(exchange: Exchange) -> str:
    """Everything that a search looks at, in lower case."""
    parameters = " ".join(f"{name}={value}" for name, value in exchange.parameters.items())
    bodies = f"{exchange.request_body} {exchange.response_body}"
    return (
        f"{exchange.method} {exchange.url} {parameters} {bodies} {exchange.error or ''}".casefold()
    )


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
    """A long text scrolls in place, by keyboard too, so that it does not push the rest away."""
    if not text:
        return ""
    return (
        f'<pre tabindex="0" role="region" aria-label="{name}" '
        f'style="{CODE};max-height:26em;overflow:auto">{escape(text)}</pre>'
    )
