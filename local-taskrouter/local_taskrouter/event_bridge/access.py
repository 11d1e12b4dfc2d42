"""What a token allows: never another Workspace, and for a Worker's token never another Worker's own.

The roles of an access token are not documented; a worker acts for itself, a supervisor also for other
Workers, an admin for the whole Workspace. A capability token lists its policies:
https://www.twilio.com/docs/taskrouter/js-sdk-v1/worker#creating-a-taskrouter-client-capability-token
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from local_taskrouter.core.records import Reservation
from local_taskrouter.core.store import Store
from local_taskrouter.errors import Forbidden

_API = "https://taskrouter.twilio.com"


@dataclass(frozen=True)
class Policy:
    """A rule of a capability token: requests with this method to `url`, which may end in `/**`.

    `required` are the names of parameters that a request must have.
    """

    url: str
    method: str
    allow: bool
    required: frozenset[str]


@dataclass(frozen=True)
class Token:
    """A valid token. `channel_sid` is the Worker, TaskQueue or Workspace whose channel it opens.

    `worker_sid` is empty for an administrator. `policies` is None for an access token, which has a
    `role`. `ends` is in seconds since 1970.
    """

    account_sid: str
    workspace_sid: str
    channel_sid: str
    worker_sid: str
    role: str
    policies: tuple[Policy, ...] | None
    ends: float


def check_access(
    token: Token,
    method: str,
    path: str,
    sids: Mapping[str, str],
    params: Mapping[str, Any],
    store: Store,
) -> None:
    """Raise Forbidden unless the token allows this request to the REST API.

    `path` begins with `/v1`; `sids` are those in it, `params` the request's parameters.
    """
    if sids.get("workspace_sid") != token.workspace_sid:
        raise Forbidden("The token is for another Workspace")
    if token.policies is not None:
        allowed = is_allowed(token, method, path, params)
    else:
        allowed = _role_allows(token, method, path, sids, params, store)
    if not allowed:
        raise Forbidden(f"The token does not allow {method} {path}")


def is_allowed(token: Token, method: str, path: str, params: Collection[str]) -> bool:
    """Whether a policy of a capability token allows the request, and none forbids it."""
    hits = [
        policy
        for policy in token.policies or ()
        if policy.method == method
        and _covers(policy.url, _API + path)
        and policy.required <= set(params)
    ]
    return bool(hits) and all(policy.allow for policy in hits)


def _covers(pattern: str, url: str) -> bool:
    whole, star, _ = pattern.rstrip("/").partition("/**")
    return url == whole or (bool(star) and url.startswith(f"{whole}/"))


def _role_allows(
    token: Token,
    method: str,
    path: str,
    sids: Mapping[str, str],
    params: Mapping[str, Any],
    store: Store,
) -> bool:
    if token.role == "admin":
        return True
    kind, *rest = path.split("/")[4:] or [""]  # "", "v1", "Workspaces", the SID
    if token.role == "supervisor" and (method == "GET" or (rest and kind in ("Workers", "Tasks"))):
        return True
    own = token.worker_sid
    if kind == "Workers":
        return rest[:1] == [own]
    if kind == "Activities":
        return method == "GET"
    if kind != "Tasks":
        return False
    if not rest:
        return method == "POST" and params.get("RoutingTarget") == own
    return len(rest) == 1 and _holds(store, own, sids["sid"])


def _holds(store: Store, worker_sid: str, task_sid: str) -> bool:
    """Whether the Worker has, or had, a Reservation of the Task."""
    reservations = store.walk("reservations_of_task", task_sid)
    return any(
        isinstance(one, Reservation) and one.worker_sid == worker_sid for one in reservations
    )
