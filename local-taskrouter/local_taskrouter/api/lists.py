"""Lists in pages, as the official SDKs walk through them: `meta.next_page_url`, verbatim.

https://www.twilio.com/docs/usage/twilios-response#pagination. The next page begins after the
record that `PageToken` names, so that what comes and goes meanwhile neither hides nor repeats one.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from local_taskrouter.api.call import Call, Reply
from local_taskrouter.api.params import Param, integer, optional, text
from local_taskrouter.errors import BadRequest

R = TypeVar("R")

PAGE_SIZE = 50
MAX_PAGE_SIZE = 1_000
PAGING: dict[str, Param] = {
    "PageSize": optional(integer(1, MAX_PAGE_SIZE)),
    "Page": optional(integer(0, 1 << 31)),
    "PageToken": optional(text),
}


@dataclass(frozen=True)
class Slice(Generic[R]):
    """One page of a list: the records `shown`, whether there are `more` behind them, and `before`,
    those ahead of them from the nearest on, as many as a page has and one.
    """

    shown: Sequence[R]
    more: bool
    before: Sequence[R]


def page(
    call: Call, key: str, records: Sequence[R], serialize: Callable[[Call, R], dict[str, Any]]
) -> Reply:
    """Answer with one page of `records` under `key`, and the addresses of those beside it."""
    size, number, token = asked(call)
    start = 0 if token is None else _start(call, records, size * number, token)
    before = records[max(0, start - size - 1) : start][::-1]
    end = start + size
    return answer(call, key, Slice(records[start:end], end < len(records), before), serialize)


def asked(call: Call) -> tuple[int, int, str | None]:
    """The page asked for: its size, its number, and the token that says where it begins."""
    size, number = call.args.get("page_size", PAGE_SIZE), call.args.get("page", 0)
    token = call.args.get("page_token")
    if number and token is None:
        raise BadRequest(
            "Absolute paging is not supported: follow next_page_url, which carries a PageToken"
        )
    return size, number, token


def answer(
    call: Call, key: str, found: Slice[R], serialize: Callable[[Call, R], dict[str, Any]]
) -> Reply:
    """Answer with the page `found` under `key`, and the addresses of those beside it."""
    size, number, token = asked(call)
    shown, more = found.shown, found.more
    meta = {
        "page": number,
        "page_size": size,
        "first_page_url": _url(call, size, 0, None),
        "previous_page_url": _previous(call, found.before, size, number),
        "url": _url(call, size, number, token),
        "next_page_url": _url(call, size, number + 1, _token(shown[-1])) if more else None,
        "key": key,
    }
    return Reply({"meta": meta, key: [serialize(call, record) for record in shown]})


def named(token: str) -> tuple[str, str]:
    """The SID that a PageToken names, and the place in the order of creation behind it."""
    sid, _, serial = token.removeprefix("PA").partition("-")
    return sid, serial


def _start(call: Call, records: Sequence[Any], otherwise: int, token: str) -> int:
    sid, serial = named(token)
    for position, record in enumerate(records):
        if record.sid == sid:
            return position + 1
    by_creation = records and hasattr(records[0], "serial") and "ordering" not in call.args
    if by_creation and re.fullmatch("[0-9]{1,18}", serial):
        return bisect_right(records, int(serial), key=lambda record: record.serial)
    return otherwise


def _token(record: Any) -> str:
    """Names the record and, should it vanish meanwhile, its place in the order of creation."""
    return f"PA{record.sid}-{record.serial}" if hasattr(record, "serial") else f"PA{record.sid}"


def _previous(call: Call, before: Sequence[Any], size: int, number: int) -> str | None:
    if not before:
        return None
    if len(before) <= size:
        return _url(call, size, 0, None)
    return _url(call, size, max(0, number - 1), _token(before[size]))


def _url(call: Call, size: int, number: int, token: str | None) -> str:
    kept = [pair for pair in call.query if pair[0] not in PAGING]
    paging = [("PageSize", str(size)), ("Page", str(number))]
    if token is not None:
        paging.append(("PageToken", token))
    return f"{call.base}{call.path}?{urlencode([*kept, *paging])}"
