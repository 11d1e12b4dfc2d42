"""The control routes that show what was sent: callbacks to the app, and requests from it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from local_taskrouter.api.call import iso
from local_taskrouter.api.lists import MAX_PAGE_SIZE, PAGE_SIZE
from local_taskrouter.api.params import integer
from local_taskrouter.delivery_table import check_kind
from local_taskrouter.errors import BadRequest
from local_taskrouter.service import TaskRouter
from local_taskrouter.sids import sid_of_task


def deliveries(taskrouter: TaskRouter, query: Mapping[str, str]) -> dict[str, Any]:
    """A page of the callbacks of a kind and about a Task, oldest first. Raises BadRequest."""
    kind, task = query.get("kind"), query.get("task")
    try:
        check_kind(kind)
        task = None if task is None else sid_of_task(task)
    except ValueError as error:
        raise BadRequest(str(error)) from None
    size, after = _place(query)
    found = taskrouter.deliveries(after=after, most=size + 1, kind=kind, task=task)
    shown = [{"id": each.id, "kind": each.kind, **asdict(each)} for each in found]
    return _page("deliveries", shown, size, query)


def requests(taskrouter: TaskRouter, query: Mapping[str, str]) -> dict[str, Any]:
    """A page of the requests that match method, path and status, oldest first. Raises BadRequest."""
    size, after = _place(query)
    status = None
    if "status" in query:
        status = integer(100, 599)("status", [query["status"]])
    found = taskrouter.requests.find(
        query.get("method", "*"), query.get("path", "*"), status, after, size + 1
    )
    shown = [{**asdict(each), "at": iso(each.at)} for each in found]
    return _page("requests", shown, size, query)


def _place(query: Mapping[str, str]) -> tuple[int, int]:
    return (
        integer(1, MAX_PAGE_SIZE)("page_size", [query.get("page_size", str(PAGE_SIZE))]),
        integer(0, 1 << 53)("after", [query.get("after", "0")]),
    )


def _page(
    name: str, found: list[dict[str, Any]], size: int, query: Mapping[str, str]
) -> dict[str, Any]:
    """The first `size` of what was found, and the path of the next page if there are more."""
    path = None
    if len(found) > size:
        place = {"page_size": size, "after": found[size - 1]["id"]}
        path = f"/emulator/{name}?{urlencode({**query, **place})}"
    return {name: found[:size], "next_page": path}
