"""A channel of TaskRouter, opened from Python: it hears what a Worker's page hears.

Twilio's taskrouter.js opens the same websocket: https://github.com/twilio/twilio-taskrouter.js
"""

import json
from contextlib import suppress
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import jwt
from twilio.base.exceptions import TwilioException
from twilio.jwt.access_token import AccessToken
from websocket import (
    WebSocket,
    WebSocketBadStatusException,
    WebSocketException,
    create_connection,
)

from helpers.session.api_errors import ConnectionFailed
from helpers.session.request_log import Exchange
from helpers.session.session import Session

PATH = "/v1/wschannels"
_SECONDS = 10
_OPEN = 101


class ChannelRefused(TwilioException):
    """TaskRouter opened no channel for a token; the message is its reason."""


class Channel:
    """An open channel. `heard` has each event so far, oldest first: (event type, payload)."""

    def __init__(self, socket: WebSocket, first: dict[str, Any]) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._hear(first)
        self._socket = socket
        Thread(target=self._listen, name="channel", daemon=True).start()

    def about(self, sid: str) -> list[str]:
        """The types of the events whose payload has this SID, oldest first."""
        return [event for event, payload in self.heard if sid in json.dumps(payload)]

    def close(self) -> None:
        """Close the channel, as a page does when its tab is closed. A second call does nothing."""
        with suppress(WebSocketException, OSError):
            self._socket.close()

    def _listen(self) -> None:
        with suppress(WebSocketException, OSError):
            while text := self._socket.recv():
                if text.strip():  # white space is a heartbeat
                    self._hear(json.loads(text))
        self._socket.shutdown()

    def _hear(self, message: dict[str, Any]) -> None:
        self.heard.append((message["event_type"], message["payload"]))

    def __repr__(self) -> str:
        return f"A channel that has heard {', '.join(event for event, _ in self.heard)}"


def listen(session: Session, token: AccessToken | str) -> Channel:
    """Open the channel of the Worker that a token of the local TaskRouter is for, and follow it.

    `token` is an access token or its JWT. Records the handshake in the session's request log, with
    what the token says in place of the token. Raises ChannelRefused, and ConnectionFailed when
    TaskRouter cannot be reached.
    """
    encoded = token.to_jwt() if isinstance(token, AccessToken) else str(token)
    address = f"{session.address}{PATH}"
    url = f"{address.replace('http', 'ws', 1)}?{urlencode({'token': encoded})}"
    try:
        socket = create_connection(url, timeout=_SECONDS)
        first = str(socket.recv())
        socket.settimeout(None)
        status, answer, refusal = _OPEN, first, ""
    except WebSocketBadStatusException as error:
        status, answer = error.status_code, bytes(error.resp_body or b"").decode(errors="replace")
        refusal = _message(answer) or str(error)
    except (WebSocketException, OSError) as error:
        raise ConnectionFailed(f"TaskRouter's channel cannot be reached: {error}") from None
    session.requests.record(
        Exchange(
            direction="sent",
            method="GET",
            url=address,
            status=status,
            request_body=json.dumps(_claims(encoded)),
            response_body=answer,
            sent_by="websocket-client",
        )
    )
    if refusal:
        raise ChannelRefused(refusal)
    return Channel(socket, json.loads(first))


def _claims(token: str) -> dict[str, Any]:
    """What a JWT says, unverified; {} if it is none."""
    try:
        return jwt.decode(token, options={"verify_signature": False, "verify_exp": False})
    except jwt.InvalidTokenError:
        return {}


def _message(body: str) -> str:
    with suppress(ValueError):
        return str(json.loads(body)["message"])
    return ""
