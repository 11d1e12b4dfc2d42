from itertools import count

import pytest
from local_taskrouter.page.sessions import LINK_SECONDS, MOST, SESSION_SECONDS, Sessions


class Time:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def sessions(time):
    numbers = count(1)
    return Sessions(time, lambda: f"secret {next(numbers)}")


def test_link_opens_one_session_and_works_once(sessions):
    code = sessions.new_code()
    secret = sessions.open(code)
    assert secret not in (None, code)
    assert sessions.open(code) is None
    assert sessions.find(secret) is not None


def test_unknown_code_and_secret_open_nothing(sessions):
    secret = sessions.open(sessions.new_code())
    for wrong in ("", "secret", f"{secret} ", "é"):
        assert sessions.open(wrong) is None
        assert sessions.find(wrong) is None


def test_link_expires(sessions, time):
    code = sessions.new_code()
    time.now = LINK_SECONDS + 1
    assert sessions.open(code) is None


def test_session_ends_when_it_has_not_been_used_for_long(sessions, time):
    secret = sessions.open(sessions.new_code())
    for _ in range(3):
        time.now += SESSION_SECONDS - 1
        assert sessions.find(secret)
    time.now += SESSION_SECONDS + 1
    assert sessions.find(secret) is None


def test_oldest_links_and_sessions_end_when_there_are_too_many(sessions):
    codes = [sessions.new_code() for _ in range(MOST + 1)]
    assert sessions.open(codes[0]) is None
    secrets = [sessions.open(code) for code in codes[1:]]
    secrets.append(sessions.open(sessions.new_code()))
    assert sessions.find(secrets[0]) is None
    assert all(sessions.find(secret) for secret in secrets[1:])


def test_session_is_read_only_at_first(sessions):
    session = sessions.find(sessions.open(sessions.new_code()))
    assert session is not None and not session.may_change
