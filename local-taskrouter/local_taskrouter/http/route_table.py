"""Find the route for a request by its method and path."""

from collections.abc import Iterable, Mapping
from functools import cache
from re import Pattern
from typing import Protocol, TypeVar

from starlette.routing import compile_path

from local_taskrouter.api.call import Route
from local_taskrouter.api.routes import ROUTES
from local_taskrouter.errors import MethodNotAllowed, NotFound
from local_taskrouter.event_bridge import transfers


class HasMethod(Protocol):
    """A route, of the API or a control route."""

    @property
    def method(self) -> str:
        """The HTTP method."""
        ...


R = TypeVar("R", bound=HasMethod)
Shape = tuple[int, str]
"""The number of slashes in a path, and the name after the first SID ("Tasks"), empty without one."""
Routes = dict[Shape, list[tuple[Pattern[str], R]]]
"""Patterns of paths with their routes, by shape; a fixed name comes before a SID."""


@cache
def api_routes() -> Routes[Route]:
    """The routes of the API, below `/v1`."""
    return _below_v1(ROUTES)


@cache
def bridge_routes() -> Routes[Route]:
    """The routes of the API and those of the Event Bridge alone."""
    return _below_v1([*ROUTES, *transfers.ROUTES])


def _below_v1(routes: Iterable[Route]) -> Routes[Route]:
    ordered = sorted(routes, key=lambda route: route.path.count("<"))
    return by_shape((f"/v1{route.path}", route) for route in ordered)


def by_shape(routes: Iterable[tuple[str, R]]) -> Routes[R]:
    """Compile routes given with their paths, which have SIDs in angle brackets."""
    found: Routes[R] = {}
    for path, route in routes:
        pattern, _, _ = compile_path(path.replace("<", "{").replace(">", "}"))
        found.setdefault(_shape(path), []).append((pattern, route))
    return found


def find(routes: Routes[R], method: str, path: str) -> tuple[R, Mapping[str, str]]:
    """The route for a request, and the SIDs in its path. Raises NotFound and MethodNotAllowed."""
    allowed = set()
    for pattern, route in routes.get(_shape(path), ()):
        if found := pattern.match(path):
            if route.method == method or (route.method, method) == ("GET", "HEAD"):
                return route, found.groupdict()
            allowed.add(route.method)
    if allowed:
        raise MethodNotAllowed(f"{method} is not allowed on {path}", allowed)
    raise NotFound(path.removeprefix("/v1"))


def _shape(path: str) -> Shape:
    parts = path.split("/", 5)  # "", "v1", "Workspaces", the SID, "Tasks"
    return path.count("/"), parts[4] if len(parts) > 4 else ""
