"""Lesson 11: each wrong token gets the sentence about its slip."""

import pytest

from helpers.session.channel import ChannelRefused

LESSON, TITLE = "11-the-agents-desk", "a token for Bob"
GRANT = "TaskRouterGrant(workspace_sid=lab.workspace_sid, worker_sid=lab.bob_sid, role='worker')"
KEY = "session.account_sid, session.api_key, session.api_secret"
ACCESS = f"AccessToken({KEY}, identity='bob', ttl=600)"
LISTEN = "exercises.listen(session, token)"


def lines(access: str = ACCESS, grant: str = GRANT) -> str:
    return f"token = {access}; token.add_grant({grant}); {LISTEN}"


def with_grant(old: str, new: str) -> str:
    return lines(grant=GRANT.replace(old, new))


def with_access(old: str, new: str) -> str:
    return lines(ACCESS.replace(old, new))


SIGNED = "Access tokens are signed with the API key's secret; the channel refused this one."


@pytest.mark.parametrize(
    ("written", "found", "said"),
    [
        ("", "○", "Make a token for Bob. Call `exercises.listen(session, token)` with it."),
        (lines().replace(LISTEN, ""), "○", "Call `exercises.listen(session, token)` with it."),
        (with_grant("bob_sid", "alice_sid"), "✓○✓✓", "The desk that opened is Alice's."),
        (with_access("session.api_secret", "session.auth_token"), "○○✓✓", SIGNED),
        (
            with_access(KEY, "session.account_sid, session.account_sid, session.auth_token"),
            "○○✓✓",
            SIGNED,
        ),
        (
            with_access(KEY, "session.api_key, session.account_sid, session.api_secret"),
            "○○✓✓",
            SIGNED,
        ),
        (
            with_access(KEY, "session.api_key, session.api_key, session.api_secret"),
            "○○✓✓",
            "The first argument of AccessToken is the account's SID",
        ),
        (
            with_grant("workspace_sid=lab.workspace_sid, ", ""),
            "○○✓✓",
            "The grant names no Workspace",
        ),
        (with_grant("lab.workspace_sid", "'WS' + '0' * 32"), "○○✓✓", "no SID of this Workspace"),
        (with_grant("'worker'", "'supervisor'"), "✓✓○✓", "It opens, and lets Bob change other"),
        (with_grant("'worker'", "'admin'"), "✓✓○✓", "a desk needs `worker`, not `admin`"),
        (
            with_grant("'worker'", "'agent'"),
            "○○○✓",
            "There is no role `agent`: a desk needs `worker`.",
        ),
        (with_grant("lab.bob_sid", "'Bob'"), "○○✓✓", "takes a SID (WK…), not a name"),
        (with_grant("worker_sid=lab.bob_sid, ", ""), "○○✓✓", "takes a SID (WK…), not a name"),
        (with_grant("lab.bob_sid", "lab.workspace_sid"), "○○✓✓", "takes a SID (WK…), not a name"),
        (with_access("ttl=600", "ttl=0"), "○○✓○", "It had expired when it arrived."),
        (with_access("ttl=600", "ttl=0"), "○○✓○", "within ten minutes: it has ended"),
        (with_access("ttl=600", "valid_until=1"), "○○✓○", "It had expired when it arrived."),
        (with_access(", ttl=600", ""), "✓✓✓○", "it lasts 60 minutes"),
        (with_access(", ttl=600", ""), "✓✓✓○", "Anyone who copies this token is Bob for as long"),
        (f"token = {ACCESS}; {LISTEN}", "○○✓✓", "add a TaskRouterGrant with `add_grant`"),
        ("exercises.listen(session, 'bob')", "○○✓○", "within ten minutes: it is no token"),
        ("exercises.listen(session, 'bob')", "○○✓○", "That is no token: make an AccessToken."),
        (lines(), "✓✓✓✓", "✓ Solved"),
        (lines().replace("listen(session, token)", "listen(session, token.to_jwt())"), "✓✓✓✓", ""),
        (with_grant(", role='worker'", ""), "✓✓✓✓", "✓ Solved"),
        (with_grant("bob_sid", "alice_sid") + f"; {lines()}", "✓✓✓✓", "✓ Solved"),
        (
            f"{lines()}; " + with_grant("bob_sid", "alice_sid"),
            "✓○✓✓",
            "What in your token is Alice",
        ),
    ],
)
def test_attempt_is_answered_with_its_slip(open_exercise, marks, written, found, said):
    exercise = open_exercise(LESSON, TITLE)
    self_check = exercise.attempt(written)
    assert (marks(self_check), self_check.solved) == (found, set(found) == {"✓"})
    assert said in str(self_check)


def test_new_start_forgets_an_earlier_attempt(open_exercise):
    exercise = open_exercise(LESSON, TITLE)
    assert exercise.attempt(exercise.solution).solved
    exercise.write("")
    assert "Make a token for Bob" in str(exercise.check())


def test_refused_token_is_an_error_with_the_reason_of_taskrouter(open_exercise):
    exercise = open_exercise(LESSON, TITLE)
    error = exercise.write(with_access("ttl=600", "ttl=0"))
    assert isinstance(error, ChannelRefused) and "Access Token expired" in str(error)


def test_log_has_what_a_token_says_and_not_the_token(open_exercise):
    exercise = open_exercise(LESSON, TITLE)
    exercise.write(lines())
    [handshake] = exercise.names["session"].requests.sent("/v1/wschannels")[-1:]
    everything = str(vars(handshake))
    assert "task_router" in everything and exercise.names["token"].to_jwt() not in everything
