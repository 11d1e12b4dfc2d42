"""The names that notebooks import.

    connect             connect to the local TaskRouter or, on request, to real Twilio
    prepare             bring the tutorial's Workspace to a lesson's start
    serve               run the web app from a cell
    curl                run a curl command and show the answer
    wait_for            wait until a condition is true
    check               print one line, or raise with what was expected
    explain             explain why a Task is where it is, Worker by Worker
    tables              pandas tables of Workers, Tasks, requests and more
    controls            buttons and forms that send the calls of the lessons
    exercises           questions before a surprise, and self-checks for the exercises
    show_lifecycle      draw the Task lifecycle
    check_installation  check that everything is installed, with a fix for what is not

Notebooks call TaskRouter itself through the `twilio` package.
"""

from importlib import import_module
from typing import Any

_MODULES = {
    "check": "checks",
    "check_installation": "installation.panel",
    "connect": "session.connect",
    "controls": "",
    "curl": "curl_command.send",
    "exercises": "",
    "explain": "explain_task",
    "prepare": "lessons.workspace",
    "serve": "webhooks.server",
    "show_lifecycle": "display.lifecycle",
    "tables": "",
    "wait_for": "checks",
}
__all__ = list(_MODULES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    """Import a public name on first use: `python -m helpers.preflight` must run without packages."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_MODULES[name] or name}")
    value = getattr(module, name) if _MODULES[name] else module
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
