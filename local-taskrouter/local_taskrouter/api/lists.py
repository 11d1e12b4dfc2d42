"""Order and pages of lists. The official SDKs follow `meta.next_page_url` verbatim.

https://www.twilio.com/docs/usage/twilios-response#pagination. The next page starts after the
record that `PageToken` names, so records that are created or deleted between two requests neither
hide nor repeat another one. A page costs the records it looks at, not those before and after it.
"""

import re
from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from typing import Any, Generic, TypeVar
from urllib.parse import quote_plus, urlencode

from local_taskrouter.api.call import Call, Pause, Reply
from local_taskrouter.api.params import Param, integer, optional, snake, text
from local_taskrouter.core.index import Entry, Ordering
from local_taskrouter.core.records import Record
from local_taskrouter.core.store import Store
from local_taskrouter.errors import AbsolutePaging, BadRequest

R = TypeVar("R")
K = TypeVar("K", bound=Record)
Test = Callable[[], bool]
Turns = Generator[Sequence[Test], list[bool], Reply]
"""Runs under the lock until it yields tests, and receives their results."""

PAGE_SIZE = 50
MAX_PAGE_SIZE = 1_000
LOOKED_AT = MAX_PAGE_SIZE + 1
"""How many records a list looks at before other requests get a turn."""
TESTED = 100
"""The same if there is a `test`."""
_AFTER = "~"
"""Sorts after every SID."""
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


@dataclass(frozen=True)
class Listing(Generic[K]):
    """The records of a list: those under the `keys` of an `index` that satisfy both filters.

    `passes` is cheap. `test` returns a function that may be slow, and reads no state when it is called.
    With an `ordering`, an index in that order is made by its first use.
    """

    index: str
    keys: Sequence[Hashable]
    passes: Callable[[K], bool] = lambda record: True
    test: Callable[[K], Test] | None = None
    ordering: Ordering = ()


def page(
    call: Call, key: str, listing: Listing[K], serialize: Callable[[Call, K], dict[str, Any]]
) -> Reply | Pause:
    """Reply with the requested page of a list under `key`, and the URLs of its neighbors.

    Costs O(page) if all records under the keys pass the filters, else O(records up to the end of the
    page). Other requests get a turn after LOOKED_AT records, and before a `test` is called.
    """
    return _turn(_page(call, key, listing, serialize), None)


def page_at_once(
    call: Call, key: str, listing: Listing[K], serialize: Callable[[Call, K], dict[str, Any]]
) -> Reply:
    """As `page` for a listing without a `test`, but no other request gets a turn."""
    result = page(call, key, listing, serialize)
    while isinstance(result, Pause):
        result = result.resume([])
    return result


def _turn(turns: Turns, passed: list[bool] | None) -> Reply | Pause:
    try:
        tests = next(turns) if passed is None else turns.send(passed)
    except StopIteration as end:
        return end.value
    return Pause(tests, partial(_turn, turns))


def _page(
    call: Call, key: str, listing: Listing[K], serialize: Callable[[Call, K], dict[str, Any]]
) -> Turns:
    size, number, token = requested_page(call)
    start = None if token is None else _start(call.store, listing, token)
    skipped = size * number if start is None else 0
    found = yield from _find(call.store, listing, start, skipped + size + 1)
    before = found[max(0, skipped - size - 1) : skipped][::-1]
    if start is not None:
        before = yield from _find(call.store, listing, start, size + 1, backwards=True)
    shown, following = found[skipped : skipped + size], found[skipped + size :]
    return slice_reply(call, key, Slice(shown, bool(following), before), serialize)


def _find(
    store: Store, listing: Listing[K], start: Entry | None, wanted: int, backwards: bool = False
) -> Generator[Sequence[Test], list[bool], list[K]]:
    """Return the first `wanted` records after `start`, or those before it, nearest first."""
    found: list[K] = []
    while True:
        candidates, start = _look(store, listing, start, wanted - len(found), backwards)
        if listing.test is not None:
            passed = yield [listing.test(record) for record in candidates]
            candidates = list(compress(candidates, passed))
        # Records may have been deleted during a pause.
        found = [r for r in (*found, *candidates) if store.get(type(r), r.sid) is r]
        if len(found) >= wanted or start is None:
            return found[:wanted]
        if listing.test is None:
            yield []


def _look(
    store: Store, listing: Listing[K], start: Entry | None, wanted: int, backwards: bool
) -> tuple[list[K], Entry | None]:
    """Return the records of the next turn that pass, and where it ended; None at the end of the list."""
    index, records = _index(store, listing), list[K]()
    if backwards and start is not None:
        walk = store.before(index, listing.keys, start)
    else:
        walk = store.after(index, listing.keys, start)
    most = LOOKED_AT if listing.test is None else TESTED
    for number, entry in enumerate(walk, start=1):
        record: Any = store.require(Record, entry[2])
        if listing.passes(record):
            records.append(record)
        if number == most or (listing.test is None and len(records) == wanted):
            return records, entry
    return records, None


def _index(store: Store, listing: Listing[Any]) -> str:
    if not listing.ordering:
        return listing.index
    return store.ordered(listing.index, listing.ordering)


def _start(store: Store, listing: Listing[Any], token: str) -> Entry | None:
    """The place after the record that a PageToken names; None if it cannot be found."""
    sid, serial = read_token(token)
    entry = store.entry(_index(store, listing), sid)
    if entry is not None:
        return (*entry[:2], _AFTER)
    if not listing.ordering and re.fullmatch("[0-9]{1,18}", serial):
        return (0, int(serial), _AFTER)
    return None


def requested_page(call: Call) -> tuple[int, int, str | None]:
    """The size, the number and the PageToken of the requested page. Raises BadRequest."""
    size, number = call.args.get("page_size", PAGE_SIZE), call.args.get("page", 0)
    token = call.args.get("page_token")
    if number and token is None:
        raise AbsolutePaging
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


def read_ordering(values: list[str], *keys: str) -> Ordering:
    """Parse `DateCreated:asc,Priority:desc`; a repeated key counts once.

    Raises BadRequest for a key that is not in `keys`.
    """
    orderings: dict[str, bool] = {}
    for ordering in values:
        key, _, direction = ordering.partition(":")
        if key not in keys or direction.lower() not in ("", "asc", "desc"):
            raise BadRequest(
                f"Ordering must look like DateCreated:asc, with {', '.join(keys)}, not {ordering}"
            )
        orderings.setdefault(snake(key), direction.lower() == "desc")
    return tuple(orderings.items())


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
    kept = urlencode([pair for pair in call.query if pair[0] not in PAGING])
    paging = f"PageSize={size}&Page={number}"
    if token is not None:
        paging += f"&PageToken={quote_plus(token)}"
    return f"{call.base}{call.path}?{kept}{'&' if kept else ''}{paging}"
