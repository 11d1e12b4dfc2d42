"""The tokens that a page presents to the Event Bridge: JSON Web Tokens, signed with a shared secret.

An access token is signed with an API key's secret (https://www.twilio.com/docs/iam/access-tokens), a
capability token of the SDK's versions before 2 with the account's auth token. Both end at a time of
the machine's clock, by which programs make them, however far TaskRouter's clock was moved.
"""

from collections.abc import Mapping
from typing import Any

import jwt
from jwt.types import Options

from local_taskrouter.errors import Unauthorized
from local_taskrouter.event_bridge import ROLES
from local_taskrouter.event_bridge.access import Policy, Token
from local_taskrouter.sids import is_sid


def read_token(
    token: object, credentials: Mapping[str, str], account_sid: str, now: float
) -> Token:
    """Return what a token says, verified at `now`, in seconds since 1970 by the machine's clock.

    `credentials` are the secrets of the account's SID and of its API keys. Raises Unauthorized.
    """
    if not isinstance(token, str) or not token:
        raise Unauthorized(
            "There is no token: give an access token, as AccessToken.to_jwt() makes it"
        )
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        secret = credentials.get(issuer, "") if isinstance(issuer, str) else ""
        if not secret:
            raise Unauthorized(
                f"Invalid Access Token issuer: {issuer!r} is no API key and no account of this TaskRouter"
            )
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=_SIGNATURE_ALONE)
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise Unauthorized(f"Invalid Access Token: {error}") from None
    _check_times(claims, now)
    if "policies" in claims:
        return _capabilities(claims, account_sid)
    return _grant(claims, account_sid)


_SIGNATURE_ALONE: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    ends, begins = (
        _time(claims.get(name, missing)) for name, missing in (("exp", None), ("nbf", 0))
    )
    if ends is None or begins is None:
        raise Unauthorized(
            "Invalid Access Token: exp and nbf must be numbers of seconds since 1970"
        )
    if ends <= now:
        raise Unauthorized(
            "Access Token expired or expiration date invalid: ask your server for a new one"
        )
    if begins > now:
        raise Unauthorized("Access Token not yet valid: its nbf is in the future")


def _time(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        return None
    return float(value)


def _is(value: object, prefix: str) -> bool:
    return isinstance(value, str) and is_sid(value, prefix)


def _grant(claims: Mapping[str, Any], account_sid: str) -> Token:
    grants = claims.get("grants")
    grant = grants.get("task_router") if isinstance(grants, dict) else None
    if not isinstance(grant, dict) or not _is(grant.get("workspace_sid"), "WS"):
        raise Unauthorized("Invalid Access Token: it has no TaskRouterGrant with a workspace_sid")
    worker_sid, role = grant.get("worker_sid") or "", grant.get("role") or "worker"
    if claims.get("iss") == account_sid or claims.get("sub") != account_sid:
        raise Unauthorized("Invalid Access Token: its sub is the account, and an API key signs it")
    if role not in ROLES or not (_is(worker_sid, "WK") or (role == "admin" and not worker_sid)):
        raise Unauthorized(
            "Invalid Access Token: its grant needs a worker_sid, and a role of " + ", ".join(ROLES)
        )
    workspace_sid = grant["workspace_sid"]
    channel_sid = worker_sid or workspace_sid
    return Token(
        account_sid, workspace_sid, channel_sid, worker_sid, role, None, float(claims["exp"])
    )


def _capabilities(claims: Mapping[str, Any], account_sid: str) -> Token:
    workspace_sid, channel = claims.get("workspace_sid"), claims.get("channel")
    worker_sid = str(claims.get("worker_sid") or "")
    if claims.get("iss") != account_sid or claims.get("account_sid") != account_sid:
        raise Unauthorized("Invalid capability token: its account is not this TaskRouter's")
    if not _is(workspace_sid, "WS") or not any(_is(channel, p) for p in ("WK", "WQ", "WS")):
        raise Unauthorized("Invalid capability token: workspace_sid or channel is no SID")
    if worker_sid not in ("", channel):
        raise Unauthorized("Invalid capability token: its channel is not its Worker's")
    policies = claims["policies"]
    if not isinstance(policies, list):
        raise Unauthorized("Invalid capability token: policies must be a list")
    return Token(
        account_sid,
        str(workspace_sid),
        str(channel),
        worker_sid,
        "",
        tuple(_policy(one) for one in policies),
        float(claims["exp"]),
    )


def _policy(given: object) -> Policy:
    policy = given if isinstance(given, dict) else {}
    url, method, filters = policy.get("url"), policy.get("method"), set[str]()
    if not isinstance(url, str) or not isinstance(method, str):
        raise Unauthorized("Invalid capability token: a policy needs a url and a method")
    for kind in ("query_filter", "post_filter"):
        named = policy.get(kind) or {}
        if not isinstance(named, dict):
            raise Unauthorized(f"Invalid capability token: {kind} must be an object")
        filters |= {
            name for name, rule in named.items() if isinstance(rule, dict) and rule.get("required")
        }
    return Policy(url, method, policy.get("allow") is True, frozenset(filters))
