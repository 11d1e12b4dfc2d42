"""Control routes: what only a local TaskRouter can do, outside `/v1`, with the same credentials.

GET  /emulator              version, pid, now, whether the clock is frozen, and the environment
                            variables of transparent mode, if it is on
POST /emulator/clock        advance=SECONDS, freeze=true or resume=true
GET  /emulator/deliveries   every callback, with its attempts
POST /emulator/faults       status=429|500|503 and count=N for the next requests,
                            callback=slow|refused and count=N for the next callbacks
GET  /emulator/state        the whole state as one JSON object
POST /emulator/state        replace the whole state with that object
POST /emulator/reset        delete everything
POST /emulator/stop         stop the process
GET  /emulator/hello        nonce=…, without credentials: the proof of `server_identity.py`
"""

import os
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Flask, g, request

from local_taskrouter.api.call import iso
from local_taskrouter.clock import SystemClock
from local_taskrouter.errors import BadRequest
from local_taskrouter.process import server_identity
from local_taskrouter.process.home import code_version

NOTHING: tuple[str, int] = ("", 204)


def add_control(app: Flask) -> None:
    """Add the control routes to the application; `version` is that of the code at this moment."""
    version = code_version()

    def identity() -> dict[str, Any]:
        about = {"version": version, "pid": os.getpid(), **_time()}
        return {**about, "transparent": g.taskrouter.transparent}

    routes: tuple[tuple[str, str, Callable[[], Any]], ...] = (
        ("GET", "", identity),
        ("GET", "/hello", _prove),
        ("POST", "/clock", _move_clock),
        ("GET", "/deliveries", _deliveries),
        ("POST", "/faults", _set_faults),
        ("GET", "/state", lambda: g.taskrouter.export_state()),
        ("POST", "/state", _import_state),
        ("POST", "/reset", _reset),
        ("POST", "/stop", _stop),
    )
    for method, path, view in routes:
        name = f"{method} /emulator{path}"
        app.add_url_rule(f"/emulator{path}", name, view, methods=[method])


def _reset() -> tuple[str, int]:
    g.taskrouter.reset()
    return NOTHING


def _stop() -> tuple[str, int]:
    g.taskrouter.on_stop()
    return NOTHING


def _prove() -> str:
    nonce = request.args.get("nonce", "")
    if not re.fullmatch(server_identity.NONCE, nonce):
        raise BadRequest("Give nonce, 32 hex digits")
    # The port of the socket; the client could name another one in its Host header.
    return server_identity.proof(g.taskrouter.auth_token, nonce, request.environ["SERVER_PORT"])


def _time() -> dict[str, Any]:
    clock: SystemClock = g.taskrouter.clock
    return {"now": iso(clock.now()), "frozen": clock.stopped is not None}


def _move_clock() -> dict[str, Any]:
    form = request.form
    try:
        if "advance" in form:
            g.taskrouter.advance(float(form["advance"]))
        elif form.get("freeze") == "true":
            g.taskrouter.freeze()
        elif form.get("resume") == "true":
            g.taskrouter.resume()
        else:
            raise ValueError("none of them is given")
    except (ValueError, OverflowError) as error:
        raise BadRequest(
            "Give advance, a number of seconds to move forward (advance=120), or freeze=true, or"
            f" resume=true: {error}"
        ) from error
    return _time()


def _deliveries() -> dict[str, Any]:
    return {"deliveries": [asdict(delivery) for delivery in g.taskrouter.deliveries()]}


def _set_faults() -> dict[str, Any]:
    form = request.form
    try:
        count = int(form.get("count", "1"))
        if "status" in form:
            g.taskrouter.faults.set_requests(int(form["status"]), count)
        elif "callback" in form:
            g.taskrouter.faults.set_callbacks(form["callback"], count)
        else:
            raise ValueError("neither status nor callback is given")
    except ValueError as error:
        raise BadRequest(
            f"Give status or callback, and count, for example status=429 count=2: {error}"
        ) from error
    return asdict(g.taskrouter.faults)


def _import_state() -> tuple[str, int]:
    request.max_content_length = None
    state = request.get_json(force=True, silent=True)
    if not isinstance(state, dict):
        raise BadRequest("The state must be the JSON object that GET /emulator/state returns")
    try:
        g.taskrouter.import_state(state)
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return NOTHING
