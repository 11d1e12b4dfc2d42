"""Tokens that are none: refused, whatever they hold."""

import time

import jwt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from local_taskrouter.errors import Unauthorized
from local_taskrouter.event_bridge.tokens import read_token
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import TaskRouterGrant

ACCOUNT, KEY, SECRET, NOW = "AC" + "0" * 32, "SK" + "0" * 32, "s" * 32, 1_000_000.0
WORKSPACE, WORKER = "WS" + "0" * 32, "WK" + "0" * 32
CREDENTIALS = {ACCOUNT: "t" * 32, KEY: SECRET}
GRANT = {"workspace_sid": WORKSPACE, "worker_sid": WORKER, "role": "worker"}
CLAIMS = {"iss": KEY, "sub": ACCOUNT, "exp": NOW + 60, "grants": {"task_router": GRANT}}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


def read(claims, key=SECRET, now=NOW, **how):
    token = jwt.encode(claims, key, **{"algorithm": "HS256", **how})
    return read_token(token, CREDENTIALS, ACCOUNT, now)


def test_token_says_who_connects_and_until_when():
    token = read(CLAIMS)
    assert (token.worker_sid, token.role, token.ends) == (WORKER, "worker", NOW + 60)
    admin = read(
        {**CLAIMS, "grants": {"task_router": {"workspace_sid": WORKSPACE, "role": "admin"}}}
    )
    assert (admin.worker_sid, admin.channel_sid) == ("", WORKSPACE)


def test_token_of_the_python_library_is_valid_until_it_ends():
    token = AccessToken(ACCOUNT, KEY, SECRET, identity="alice", ttl=60)
    token.add_grant(TaskRouterGrant(workspace_sid=WORKSPACE, worker_sid=WORKER))
    now = time.time()
    assert read_token(token.to_jwt(), CREDENTIALS, ACCOUNT, now).role == "worker"
    with pytest.raises(Unauthorized, match="expired"):
        read_token(token.to_jwt(), CREDENTIALS, ACCOUNT, now + 61)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"iss": "SK" + "f" * 32}, "no API key"),
        ({"iss": ACCOUNT}, "Signature"),
        ({"sub": "AC" + "f" * 32}, "its sub is the account"),
        ({"exp": NOW}, "expired"),
        ({"exp": None}, "numbers of seconds"),
        ({"exp": "later"}, "numbers of seconds"),
        ({"nbf": NOW + 1}, "not yet valid"),
        ({"grants": {}}, "no TaskRouterGrant"),
        ({"grants": {"task_router": {**GRANT, "role": "boss"}}}, "role"),
        ({"grants": {"task_router": {**GRANT, "worker_sid": "WQ" + "0" * 32}}}, "worker_sid"),
        ({"grants": {"task_router": {**GRANT, "worker_sid": None}}}, "worker_sid"),
        ({"grants": {"task_router": {**GRANT, "workspace_sid": "WS1"}}}, "workspace_sid"),
    ],
)
def test_wrong_claims_are_refused_in_words(change, words):
    with pytest.raises(Unauthorized, match=words):
        read({**CLAIMS, **change})


@pytest.mark.parametrize(
    "how", [{"algorithm": "none", "key": None}, {"algorithm": "HS512", "key": "s" * 64}]
)
def test_other_algorithms_are_refused(how):
    with pytest.raises(Unauthorized):
        read(CLAIMS, **how)


@given(st.text() | st.none() | st.integers() | st.lists(st.text()))
def test_anything_else_is_refused(given_token):
    with pytest.raises(Unauthorized):
        read_token(given_token, CREDENTIALS, ACCOUNT, NOW)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from([*CLAIMS, "nbf", "policies", "channel"]), JSON))
def test_signed_claims_of_any_kind_are_read_or_refused(changes):
    """No claim that a key's holder signs makes anything but a token or a refusal."""
    assume(isinstance(changes.get("iss", ""), str))  # the library signs no other
    try:
        token = read({**CLAIMS, **changes})
    except Unauthorized:
        pass
    else:
        assert token.workspace_sid == WORKSPACE and token.ends > NOW
