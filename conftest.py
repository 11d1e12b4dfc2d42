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
isolate(os.environ, Path(_folder.name))
_environment = dict(os.environ)


def pytest_configure(config: pytest.Config) -> None:
    # nbval looks for the file from the current folder; a run may start in any folder of the clone.
    sanitizers = config.rootpath / config.option.nbval_sanitize_with
    config.option.nbval_sanitize_with = str(sanitizers)


def pytest_unconfigure() -> None:
    stop_emulator(_environment)
