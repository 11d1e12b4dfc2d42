"""A wrong server on the emulator's port receives no credentials, whatever it responds."""

from http.client import HTTPConnection

import pytest
import requests
from local_taskrouter.process import launch
from local_taskrouter.process.launch import ensure_running
from local_taskrouter.process.server_identity import PATH
from wrong_server import kill, wrong_server

from helpers.curl_command.send import curl
from helpers.session.connect import connect
from helpers.session.request_log import LoggingHttpClient
from helpers.session.session import Session


def close_connections(session: Session) -> None:
    http_client = session.client.http_client
    assert isinstance(http_client, LoggingHttpClient) and http_client.session
    http_client.session.close()


@pytest.mark.parametrize("body", [b"{}", b"0" * 64, b""])
def test_wrong_server_gets_no_credentials_from_the_sdk(running_home, body):
    session = connect()
    with wrong_server(kill(running_home), lambda path: body) as received:
        session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
        moved = ensure_running(running_home).url
    close_connections(session)
    assert received and "authorization" not in "".join(received).lower()
    assert session.address == moved


def test_wrong_server_gets_no_credentials_from_curl(running_home, capsys):
    session = connect()
    with wrong_server(kill(running_home), lambda path: b"{}") as received:
        answer = curl(
            session,
            f"curl {session.address}/v1/Workspaces -d FriendlyName=Mine "
            "-u $TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN",
        )
    assert received and "authorization" not in "".join(received).lower()
    assert (answer.status, session.address) == (201, ensure_running(running_home).url)


def test_wrong_server_cannot_relay_the_proof_of_a_moved_emulator(running_home):
    session = connect()
    moved = []

    def relay(path):
        return requests.get(f"{moved[0]}{path}", timeout=5).content if moved else b""

    with wrong_server(kill(running_home), relay) as received:
        moved.append(ensure_running(running_home).url)
        assert relay(f"{PATH}?nonce={'0' * 32}")
        session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    close_connections(session)
    assert received and "authorization" not in "".join(received).lower()
    assert session.address == moved[0]


def test_request_is_sent_in_one_piece(running_home, monkeypatch):
    session, pieces, send = connect(), [], HTTPConnection.send

    def spy(connection, data):
        pieces.append(data)
        send(connection, data)

    session.client.taskrouter.v1.workspaces.list()  # opens and verifies the connection
    monkeypatch.setattr(HTTPConnection, "send", spy)
    session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    [piece] = pieces
    assert piece.startswith(b"POST /v1/Workspaces ") and piece.endswith(
        b"\r\n\r\nFriendlyName=Mine"
    )


def test_wrong_server_gets_no_control_request(running_home):
    running = ensure_running(running_home)
    with wrong_server(kill(running_home), lambda path: b"{}") as received:
        assert launch.send_control(running, "GET", "/emulator") is None
    assert len(received) == 1 and "authorization" not in received[0].lower()


@pytest.mark.parametrize("nonce", ["", "0" * 31, "0" * 33, "G" * 32])
def test_hello_with_invalid_nonce_returns_400(emulator, nonce):
    answer = requests.get(f"{emulator.url}{PATH}", params={"nonce": nonce}, timeout=5)
    assert answer.status_code == 400
