"""The notebooks' vocabulary: connect, prepare, serve, draw, tabulate, wait, check and explain.

    connect             a session with the local TaskRouter, or with real Twilio when asked
    prepare             the tutorial's workspace, brought to a lesson's start
    serve               runs the web app that you wrote in a cell
    curl                runs a curl command, and shows what came back
    wait_for            waits until something has happened
    check               passes with one line, or says what was expected
    explain             why a Task is where it is, Worker by Worker
    tables              pandas tables of workers, tasks, requests and more
    controls            buttons and forms that send what you have seen before
    exercises           self-checks: what is right, what is not yet
    show_lifecycle      the way of a Task as a picture
    check_installation  whether everything is installed, and what to do if not

Every call to TaskRouter itself is the `twilio` package's own, in the notebooks.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers import controls, exercises, tables
    from helpers.callback_server import serve
    from helpers.checks import check, wait_for
    from helpers.connection import connect
    from helpers.curl_request import curl
    from helpers.diagram import show_lifecycle
    from helpers.explanation.answer import explain
    from helpers.installation import check_installation
    from helpers.workspace import prepare

__all__ = [
    "check",
    "check_installation",
    "connect",
    "controls",
    "curl",
    "exercises",
    "explain",
    "prepare",
    "serve",
    "show_lifecycle",
    "tables",
    "wait_for",
]

_MODULES = {
    "check": "checks",
    "check_installation": "installation",
    "connect": "connection",
    "curl": "curl_request",
    "explain": "explanation.answer",
    "prepare": "workspace",
    "serve": "callback_server",
    "show_lifecycle": "diagram",
    "wait_for": "checks",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: the emulator needs none of them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_MODULES.get(name, name)}")
    found = getattr(module, name) if name in _MODULES else module
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
