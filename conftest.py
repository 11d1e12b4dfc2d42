"""Every test run has a TaskRouter of its own, also when only notebooks are selected.

The notebooks' kernels are other processes: fixtures do not reach them, the environment does, if it
is changed before the first kernel starts. So it is changed here, when pytest loads this file.
"""

import atexit
import os
import tempfile
from pathlib import Path

import pytest

from helpers.sandbox import isolate, stop_emulator

_folder = tempfile.TemporaryDirectory(prefix="taskrouter-tests-", ignore_cleanup_errors=True)
atexit.register(_folder.cleanup)  # last of all: an IPython in this process writes there at exit
_environment: dict[str, str] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "run only the notebooks, on real Twilio, and report every output that differs"
    parser.addoption("--live", action="store_true", help=words)


def pytest_configure(config: pytest.Config) -> None:
    # nbval looks for the file from the current folder; a run may start in any folder of the clone.
    sanitizers = config.rootpath / config.option.nbval_sanitize_with
    config.option.nbval_sanitize_with = str(sanitizers)
    if config.option.live:
        from live_notebooks import LiveNotebooks

        config.pluginmanager.register(LiveNotebooks(config, Path(_folder.name)))
        return
    isolate(os.environ, Path(_folder.name))
    _environment.update(os.environ)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not config.option.live:
        stop_emulator(_environment)
