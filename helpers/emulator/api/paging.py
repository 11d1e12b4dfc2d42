"""Lists in pages, as the official SDKs walk through them: `meta.next_page_url`, verbatim.

https://www.twilio.com/docs/usage/twilios-response#pagination. The next page begins after the
record that `PageToken` names, so that what comes and goes meanwhile neither hides nor repeats one.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from helpers.emulator.api.call import Call, Reply
from helpers.emulator.api.params import Param, integer, optional, text
from helpers.emulator.errors import BadRequest

R = TypeVar("R")

PAGE_SIZE = 50
MAX_PAGE_SIZE = 1_000
PAGING: dict[str, Param] = {
    "PageSize": optional(integer(1, MAX_PAGE_SIZE)),
    "Page": optional(integer(0, 1 << 31)),
    "PageToken": optional(text),
}


def page(
    call: Call, key: str, records: Sequence[R], serialize: Callable[[Call, R], dict[str, Any]]
) -> Reply:
    """Answer with one page of `records` under `key`, and the addresses of those beside it."""
    size, number = call.args.get("page_size", PAGE_SIZE), call.args.get("page", 0)
    token = call.args.get("page_token")
    start = _start(call, records, size, number, token)
    shown = records[start : start + size]
    more = start + size < len(records)
    meta = {
        "page": number,
        "page_size": size,
        "first_page_url": _url(call, size, 0, None),
        "previous_page_url": _previous(call, records, size, number, start) if start else None,
        "url": _url(call, size, number, token),
        "next_page_url": _url(call, size, number + 1, _token(shown[-1])) if more else None,
        "key": key,
    }
    return Reply({"meta": meta, key: [serialize(call, record) for record in shown]})


def _start(call: Call, records: Sequence[Any], size: int, number: int, token: str | None) -> int:
    if token is None:
        if number:
            raise BadRequest(
                "Absolute paging is not supported: follow next_page_url, which carries a PageToken"
            )
        return 0
    sid, _, serial = token.removeprefix("PA").partition("-")
    for position, record in enumerate(records):
        if record.sid == sid:
            return position + 1
    by_creation = records and hasattr(records[0], "serial") and "ordering" not in call.args
    if by_creation and re.fullmatch("[0-9]{1,18}", serial):
        return bisect_right(records, int(serial), key=lambda record: record.serial)
    return number * size


def _token(record: Any) -> str:
    """Names the record and, should it vanish meanwhile, its place in the order of creation."""
    return f"PA{record.sid}-{record.serial}" if hasattr(record, "serial") else f"PA{record.sid}"


def _previous(call: Call, records: Sequence[Any], size: int, number: int, start: int) -> str:
    if start <= size:
        return _url(call, size, 0, None)
    return _url(call, size, max(0, number - 1), _token(records[start - size - 1]))


def _url(call: Call, size: int, number: int, token: str | None) -> str:
    kept = [pair for pair in call.query if pair[0] not in PAGING]
    paging = [("PageSize", str(size)), ("Page", str(number))]
    if token is not None:
        paging.append(("PageToken", token))
    return f"{call.base}{call.path}?{urlencode([*kept, *paging])}"
