"""What only a local TaskRouter can do, outside `/v1`: see `/emulator`, move the clock, reset, stop.

The credentials are the same as for the API.
"""

import os
from collections.abc import Callable
from typing import Any

from flask import Flask, request

from helpers.emulator.api.call import iso
from helpers.emulator.errors import BadRequest
from helpers.emulator.home import code_version
from helpers.emulator.service import TaskRouter


def add_control(app: Flask, taskrouter: TaskRouter) -> None:
    """Add the control routes to the application, whose `version` is that of the code now."""
    version = code_version()

    def identity() -> dict[str, Any]:
        return {"version": version, "pid": os.getpid(), "now": iso(taskrouter.clock.now())}

    def clock() -> dict[str, Any]:
        try:
            return {"now": iso(taskrouter.advance(float(request.form["advance"])))}
        except (KeyError, ValueError, OverflowError) as error:
            raise BadRequest(
                "advance must be a number of seconds to go forward, for example advance=120"
            ) from error

    def reset() -> tuple[str, int]:
        taskrouter.reset()
        return "", 204

    def stop() -> tuple[str, int]:
        taskrouter.on_stop()
        return "", 204

    routes: tuple[tuple[str, str, Callable[[], Any]], ...] = (
        ("GET", "/emulator", identity),
        ("POST", "/emulator/clock", clock),
        ("POST", "/emulator/reset", reset),
        ("POST", "/emulator/stop", stop),
    )
    for method, path, view in routes:
        app.add_url_rule(path, view_func=view, methods=[method])
