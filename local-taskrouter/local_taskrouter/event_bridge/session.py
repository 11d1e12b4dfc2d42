"""One channel, from its handshake to its end."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import TaskQueue, Worker, Workspace
from local_taskrouter.errors import Forbidden, TooManyRequests
from local_taskrouter.event_bridge.access import Token
from local_taskrouter.event_bridge.channels import Channel, Channels
from local_taskrouter.event_bridge.pushes import message

HEARTBEAT_SECONDS = 15.0
"""How often white space is sent: a page that hears nothing for 30 seconds connects again."""
EXPIRED = "The token has expired"
_ENDED = 1000


def check_exists(token: Token, engine: Engine) -> None:
    """Raise Forbidden unless what the token is for exists, in the token's Workspace."""
    workspace = engine.store.get(Workspace, token.workspace_sid)
    subject = {"WK": Worker, "WQ": TaskQueue, "WS": Workspace}[token.channel_sid[:2]]
    record = engine.store.get(subject, token.channel_sid)
    if workspace is None or record is None or record.workspace_sid != workspace.sid:
        raise Forbidden(f"{token.channel_sid} does not exist in Workspace {token.workspace_sid}")


async def serve(
    websocket: WebSocket,
    channels: Channels,
    token: Token,
    machine_time: Callable[[], float],
    drop: Callable[[], None],
) -> None:
    """Serve a channel until the page or the token's end closes it. `machine_time` returns seconds since 1970.

    Raises TooManyRequests, before the handshake.
    """
    if channels.count() >= channels.most:
        raise TooManyRequests(f"At most {channels.most} channels can be open")
    query = websocket.query_params
    key = query.get("token", "").rpartition(".")[2]
    sets_offline = query.get("setWorkerOfflineIfDisconnected") == "true"
    channel = Channel(token, key, sets_offline, drop)
    channel.messages.put_nowait(_init(token, machine_time()))
    await websocket.accept()
    channels.add(channel, query.get("closeExistingSessions") == "true")
    sending = asyncio.create_task(_send(websocket, channel, machine_time))
    try:
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass  # a page sends nothing; what comes all the same is dropped
    finally:
        sending.cancel()
        channels.remove(channel)


def _init(token: Token, now: float) -> str:
    return message(
        "init",
        {
            "channel_id": token.channel_sid,
            "account_sid": token.account_sid,
            "workspace_sid": token.workspace_sid,
            "token_lifetime": int((token.ends - now) * 1000),
        },
    )


async def _send(websocket: WebSocket, channel: Channel, machine_time: Callable[[], float]) -> None:
    """Send the channel's messages and heartbeats, until the token or the channel ends."""
    with suppress(WebSocketDisconnect):
        while (left := channel.token.ends - machine_time()) > 0:
            try:
                async with asyncio.timeout(min(HEARTBEAT_SECONDS, left)):
                    text = await channel.messages.get()
            except TimeoutError:
                text = " "
            if text is None:
                break
            await websocket.send_text(text)
        await websocket.close(_ENDED, channel.reason or EXPIRED)
