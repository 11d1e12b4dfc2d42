"""What a callback never does, whatever the server responds or the environment has."""

import asyncio
import socket

import pytest
from callback_receiver import JSON, CallbackReceiver
from local_taskrouter import callbacks
from local_taskrouter.core.records import Callback
from local_taskrouter.faults import Faults
from local_taskrouter.process.home import ACCOUNT_SID

ACCEPT = (200, JSON, '{"instruction": "accept"}')
ASSIGNMENT = "the answer's status is {}, it must be 200"
EVENT = "the answer's status is {}, it should be 204"


@pytest.fixture
def receivers():
    """Two web servers, on different hosts."""
    receivers = CallbackReceiver(), CallbackReceiver()
    yield receivers
    for receiver in receivers:
        receiver.close()


@pytest.fixture
def receiver(receivers):
    return receivers[0]


@pytest.fixture
def elsewhere(receivers):
    """Targets for a redirect: on the same host and on another one."""
    same, other = (receiver.url + "/moved" for receiver in receivers)
    return {"same host": same, "another host": other.replace("127.0.0.1", "localhost")}


def attempts(url: str, fallback: str = "", reservation_sid: str = "WR1") -> list[callbacks.Attempt]:
    callback = Callback(
        workspace_sid="WS1",
        url=url,
        parameters={"TaskSid": "WT1"},
        reservation_sid=reservation_sid,
        fallback_url=fallback,
    )
    return asyncio.run(make_attempts(callback))


async def make_attempts(callback: Callback) -> list[callbacks.Attempt]:
    async with callbacks.new_client() as client:
        return await callbacks.make_attempts(client, callback, ACCOUNT_SID, "token", Faults())


@pytest.mark.parametrize("host", ["same host", "another host"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(("sid", "alert"), [("WR1", ASSIGNMENT), ("", EVENT)])
def test_redirect_is_not_followed(receivers, elsewhere, status, host, sid, alert):
    for each in receivers:
        each.answer = lambda request: (
            ACCEPT if "moved" in request[0] else (status, JSON, "{}", elsewhere[host])
        )
    [attempt] = attempts(receivers[0].url, reservation_sid=sid)
    assert (attempt.reached, attempt.status) == (True, status)
    assert attempt.alert == (11200, alert.format(status))
    assert [each.paths() for each in receivers] == [["/assignment_callback"], []]


@pytest.mark.parametrize("host", ["same host", "another host"])
def test_redirect_of_the_fallback_is_not_followed(receivers, elsewhere, host):
    receivers[0].answer = lambda request: (307, JSON, "{}", elsewhere[host])
    url = receivers[0].url
    first, second = attempts(url, fallback=url + "/fallback")
    assert (first.status, second.status) == (307, 307)
    assert second.alert == (11200, ASSIGNMENT.format(307))
    assert [each.paths() for each in receivers] == [
        ["/assignment_callback", "/assignment_callback/fallback"],
        [],
    ]


def test_redirected_assignment_callback_leaves_reservation_pending(
    built, announce, emulator, receivers, elsewhere
):
    receivers[0].answer = lambda request: (302, JSON, "{}", elsewhere["another host"])
    receivers[1].answer = lambda request: ACCEPT
    task = announce(receivers[0].url)
    assert (built.status(task), built.statuses(task)) == ("reserved", ["pending"])
    [delivery] = emulator.taskrouter.deliveries()
    assert delivery.state == "failed"
    assert delivery.attempts[0]["alert"][1] == ASSIGNMENT.format(302)
    assert receivers[1].requests == []


def test_cookies_are_not_sent_back(receiver):
    callback = Callback("WS1", receiver.url, {"TaskSid": "WT1"}, "WR1")

    async def two_callbacks_of_one_client() -> None:
        async with callbacks.new_client() as client:
            for _ in range(2):
                await callbacks.make_attempts(client, callback, ACCOUNT_SID, "token", Faults())

    asyncio.run(two_callbacks_of_one_client())
    assert len(receiver.requests) == 2
    assert not any("Cookie" in headers for _, headers, _ in receiver.requests)


def test_proxy_of_the_environment_is_not_used(receivers, monkeypatch):
    target, proxy = receivers
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    [attempt] = attempts(target.url)
    assert (attempt.status, len(target.requests), proxy.requests) == (200, 1, [])


def test_credentials_of_netrc_are_not_sent(receiver, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login alice password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    attempts(receiver.url)
    [(_, headers, _)] = receiver.requests
    assert "Authorization" not in headers


@pytest.mark.parametrize(("extra", "reached"), [(0, True), (1, False)])
def test_response_of_more_than_65536_bytes_is_not_read(receiver, extra, reached):
    answer = '{"x":"' + "y" * (65_536 - len('{"x":""}') + extra) + '"}'
    receiver.answer = lambda request: (200, JSON, answer)
    [attempt] = attempts(receiver.url)
    assert (attempt.reached, attempt.body) == (reached, answer if reached else "")
    if not reached:
        assert attempt.alert and "the answer has more than 65536 bytes" in attempt.alert[1]


def test_assignment_callback_has_5_seconds_and_event_callback_15():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
    for sid, seconds in (("WR1", 5), ("", 15)):
        [attempt] = attempts(url, reservation_sid=sid)
        assert attempt.alert and f"no answer from {url} within {seconds} s" in attempt.alert[1]
