"""The parameter `Ordering` of lists: `DateCreated:asc,Priority:desc`."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from local_taskrouter.errors import BadRequest

R = TypeVar("R")


def read_ordering(given: list[str], known: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """The orderings as (key of `known`, descending); raises BadRequest for any other."""
    orderings = []
    for ordering in given:
        key, _, direction = ordering.partition(":")
        if key not in known or direction.lower() not in ("", "asc", "desc"):
            raise BadRequest(
                f"Ordering must look like DateCreated:asc, with {', '.join(known)}, not {ordering}"
            )
        orderings.append((key, direction.lower() == "desc"))
    return orderings


def sort(
    records: list[R], orderings: list[tuple[str, bool]], known: Mapping[str, Callable[[R], Any]]
) -> None:
    """Sort `records` in place; the first ordering counts most."""
    for key, descending in reversed(orderings):
        records.sort(key=known[key], reverse=descending)
