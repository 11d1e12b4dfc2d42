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
from typing import Any

_MODULES = {
    "check": "checks",
    "check_installation": "installation.table",
    "connect": "session.connect",
    "controls": "",
    "curl": "curl_command.send",
    "exercises": "",
    "explain": "explanation.answer",
    "prepare": "lessons.workspace",
    "serve": "webhooks.server",
    "show_lifecycle": "display.lifecycle",
    "tables": "",
    "wait_for": "checks",
}
__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that `python -m helpers.preflight` can run where
    packages are missing.
    """
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_MODULES[name] or name}")
    found = getattr(module, name) if _MODULES[name] else module
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
