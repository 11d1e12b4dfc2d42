"""Order and pages of lists. The official SDKs follow `meta.next_page_url` verbatim.

https://www.twilio.com/docs/usage/twilios-response#pagination. The next page starts after the
record that `PageToken` names, so records that are created or deleted between two requests neither
hide nor repeat another one.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from local_taskrouter.api.call import Call, Reply
from local_taskrouter.api.params import Param, integer, optional, text
from local_taskrouter.errors import BadRequest

R = TypeVar("R")
Keys = Mapping[str, Callable[[R], Any]]
"""The keys of the parameter `Ordering` of one list, each with the function that sorts by it."""

PAGE_SIZE = 50
MAX_PAGE_SIZE = 1_000
PAGING: dict[str, Param] = {
    "PageSize": optional(integer(1, MAX_PAGE_SIZE)),
    "Page": optional(integer(0, 1 << 31)),
    "PageToken": optional(text),
}


@dataclass(frozen=True)
class Slice(Generic[R]):
    """One page of a list: the records `shown`, and whether `more` follow.

    `before` holds the records ahead of the page, nearest first, at most one more than a page has.
    """

    shown: Sequence[R]
    more: bool
    before: Sequence[R]


def page(
    call: Call, key: str, records: Sequence[R], serialize: Callable[[Call, R], dict[str, Any]]
) -> Reply:
    """Reply with the requested page of `records` under `key`, and the URLs of its neighbors."""
    size, number, token = requested_page(call)
    start = 0 if token is None else _start(call, records, token, default=size * number)
    before = records[max(0, start - size - 1) : start][::-1]
    end = start + size
    return slice_reply(call, key, Slice(records[start:end], end < len(records), before), serialize)


def requested_page(call: Call) -> tuple[int, int, str | None]:
    """The size, the number and the PageToken of the requested page. Raises BadRequest."""
    size, number = call.args.get("page_size", PAGE_SIZE), call.args.get("page", 0)
    token = call.args.get("page_token")
    if number and token is None:
        raise BadRequest(
            "Absolute paging is not supported: follow next_page_url, which carries a PageToken"
        )
    return size, number, token


def slice_reply(
    call: Call, key: str, found: Slice[R], serialize: Callable[[Call, R], dict[str, Any]]
) -> Reply:
    """Reply with `found` under `key`, and the URLs of the pages beside it."""
    size, number, token = requested_page(call)
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


def read_token(token: str) -> tuple[str, str]:
    """The SID in a PageToken, and the record's serial number, empty if there is none."""
    sid, _, serial = token.removeprefix("PA").partition("-")
    return sid, serial


def read_ordering(values: list[str], keys: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Parse `DateCreated:asc,Priority:desc` into (key, descending) pairs.

    Raises BadRequest for a key that is not in `keys`.
    """
    orderings = []
    for ordering in values:
        key, _, direction = ordering.partition(":")
        if key not in keys or direction.lower() not in ("", "asc", "desc"):
            raise BadRequest(
                f"Ordering must look like DateCreated:asc, with {', '.join(keys)}, not {ordering}"
            )
        orderings.append((key, direction.lower() == "desc"))
    return orderings


def sort(records: list[R], orderings: list[tuple[str, bool]], keys: Keys[R]) -> None:
    """Sort `records` in place; the first ordering counts most."""
    for key, descending in reversed(orderings):
        records.sort(key=keys[key], reverse=descending)


def _start(call: Call, records: Sequence[Any], token: str, default: int) -> int:
    sid, serial = read_token(token)
    for position, record in enumerate(records):
        if record.sid == sid:
            return position + 1
    by_creation = records and hasattr(records[0], "serial") and "ordering" not in call.args
    if by_creation and re.fullmatch("[0-9]{1,18}", serial):
        return bisect_right(records, int(serial), key=lambda record: record.serial)
    return default


def _token(record: Any) -> str:
    """Name the record and, in case it is deleted, its place in the order of creation."""
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
