"""Lesson 11: the agent's page, and an exercise: a token with which one Worker connects, and no more."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.exercises.attempt import judge
from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.installation import CLONE, PACKAGE
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.channel import PATH
from helpers.session.request_log import Exchange

MOST_SECONDS = 600
_ROLES = ("worker", "supervisor", "admin")
_TITLE = "A token for Bob"
_WORKER_SID = re.compile("WK[0-9a-f]{32}")
_CALL = "Call `exercises.listen(session, token)` with it."


def desk_page() -> Path:
    """Return the folder of the agent's page: examples/agent-desk, or its copy in the wheel.

    `npm install` there puts taskrouter.js into `page/bundle.js`.
    """
    in_wheel = PACKAGE / "agent-desk"
    return in_wheel if in_wheel.is_dir() else CLONE / "examples" / "agent-desk"


@dataclass(frozen=True)
class _Attempt:
    """A handshake: what the token said, and what TaskRouter answered."""

    claims: Mapping[str, Any]
    grant: Mapping[str, Any]
    status: int
    answer: Mapping[str, Any]
    seconds: float

    @classmethod
    def of(cls, handshake: Exchange) -> "_Attempt":
        claims = json.loads(handshake.request_body)
        grants = claims.get("grants")
        grant = grants.get("task_router") if isinstance(grants, dict) else None
        answer = json.loads(handshake.response_body)
        seconds = claims.get("exp", 0) - handshake.at.timestamp()
        return cls(claims, grant or {}, handshake.status or 0, answer, seconds)

    @property
    def opened(self) -> str:
        """The SID of the Worker whose channel opened, or ""."""
        return str(self.answer["payload"]["channel_id"]) if self.status < 400 else ""


@refreshing
def token_for_bob(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 11: the latest token opened Bob's channel, as a worker, for ten minutes at most."""
    sent = [each for each in lab.session.requests.since_mark() if each.path == PATH]
    if not sent:
        line = Line(
            "A page connects with a token", False, "none has", f"Make a token for Bob. {_CALL}"
        )
        return judge(lab, _TITLE, [line])
    tried = _Attempt.of(sent[-1])
    role = tried.grant.get("role") or "worker"
    return judge(
        lab,
        _TITLE,
        [
            Line(
                "TaskRouter opens a channel for the token",
                bool(tried.opened),
                f"it answered {tried.status}",
                _why_refused(lab, tried),
            ),
            Line(
                "It is Bob's channel",
                tried.opened == lab.bob_sid,
                _whose(lab, tried.opened),
                "The desk that opened is Alice's. What in your token is Alice?"
                if tried.opened == lab.alice_sid
                else "Give the grant Bob's SID as `worker_sid`: lab.bob_sid.",
            ),
            Line(
                "Its role is `worker`",
                role == "worker",
                f"it is `{role}`",
                f"It opens, and lets Bob change other Workers: a desk needs `worker`, not `{role}`.",
            ),
            Line(
                "It ends within ten minutes",
                0 < tried.seconds <= MOST_SECONDS,
                _how_long(tried),
                "Anyone who copies this token is Bob for as long: `ttl` of an AccessToken is its time in seconds.",
            ),
        ],
    )


def _how_long(tried: _Attempt) -> str:
    if not tried.claims:
        return "it is no token"
    minutes = round(tried.seconds / 60)
    return f"it lasts {minutes} minutes" if tried.seconds > 0 else "it has ended"


def _whose(lab: PreparedWorkspace, opened: str) -> str:
    return "it is Alice's" if opened == lab.alice_sid else "none is open" if not opened else opened


def _why_refused(lab: PreparedWorkspace, tried: _Attempt) -> str:
    """Which slip made TaskRouter refuse the token, and what to do."""
    claims, grant = tried.claims, tried.grant
    session = lab.session
    if not claims:
        return f"That is no token: make an AccessToken. {_CALL}"
    if tried.seconds <= 0:
        return "It had expired when it arrived. `ttl` is the number of seconds from now."
    if claims.get("iss") == session.account_sid or (
        grant and tried.status == 401 and _is_complete(lab, tried)
    ):
        return (
            "Access tokens are signed with the API key's secret; the channel refused this one."
            " AccessToken takes the account's SID, the key's SID and the key's secret, in this order."
        )
    if claims.get("sub") != session.account_sid:
        return "The first argument of AccessToken is the account's SID: session.account_sid."
    if not grant:
        return "The token grants nothing for TaskRouter: add a TaskRouterGrant with `add_grant`."
    if not grant.get("workspace_sid"):
        return "The grant names no Workspace: it needs `workspace_sid`."
    if grant["workspace_sid"] != lab.workspace_sid:
        return "That is no SID of this Workspace: lab.workspace_sid."
    if not _WORKER_SID.fullmatch(str(grant.get("worker_sid") or "")):
        return "`worker_sid` takes a SID (WK…), not a name: lab.bob_sid."
    if grant.get("role", "worker") not in _ROLES:
        return f"There is no role `{grant['role']}`: a desk needs `worker`."
    return str(tried.answer.get("message") or "Look at the arguments of AccessToken.")


def _is_complete(lab: PreparedWorkspace, tried: _Attempt) -> bool:
    """Whether nothing is wrong with what the token says, so that only its signature can be."""
    return (
        tried.claims.get("sub") == lab.session.account_sid
        and tried.grant.get("workspace_sid") == lab.workspace_sid
        and bool(_WORKER_SID.fullmatch(str(tried.grant.get("worker_sid") or "")))
        and tried.grant.get("role", "worker") in _ROLES
    )
