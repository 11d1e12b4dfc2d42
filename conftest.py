"""Isolate every test run, also one of notebooks alone, and select its tiers.

Fixtures do not reach the notebooks' kernels, which are other processes, so this file changes the
environment before the first kernel starts.
"""

import atexit
import os
import tempfile
from pathlib import Path

import pytest
from free_port import free_port

from tools.sandbox import isolate, stop_emulator

_folder = tempfile.TemporaryDirectory(prefix="taskrouter-tests-", ignore_cleanup_errors=True)
atexit.register(_folder.cleanup)  # runs last: IPython in this process writes there at exit
_environment: dict[str, str] = {}
TESTS = Path(__file__).parent / "tests"


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "run only the notebooks, on real Twilio, and report every output that differs"
    parser.addoption("--live", action="store_true", help=text)


def pytest_configure(config: pytest.Config) -> None:
    # nbval resolves the path from the current folder, which may be any folder of the clone.
    sanitizers = config.rootpath / config.option.nbval_sanitize_with
    config.option.nbval_sanitize_with = str(sanitizers)
    if config.option.live:
        from live_notebooks import LiveNotebooks

        config.pluginmanager.register(LiveNotebooks(config, Path(_folder.name)))
        return
    isolate(os.environ, Path(_folder.name))
    # On one port, the servers of notebooks that run at once would get each other's callbacks.
    os.environ["TASKROUTER_CALLBACK_PORT"] = str(free_port())
    _environment.update(os.environ)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Use every core for a full run, and one process for the few tests of a named path."""
    return 0 if _paths(config) or config.option.live else os.cpu_count()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no tier unless there is a `-m`; pytest does not ask about the paths in its command."""
    return True if collection_path in _tiers(config) and not config.option.markexpr else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with its tier."""
    for item in items:
        for folder in _tiers(config).intersection(item.path.parents):
            item.add_marker(folder.name)


def _tiers(config: pytest.Config) -> set[Path]:
    return {TESTS / line.partition(":")[0] for line in config.getini("markers")}


def _paths(config: pytest.Config) -> list[Path]:
    """Return the paths in the command, or the folder it runs in; [] for the whole clone."""
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        return []
    return [Path(argument.partition("::")[0]).resolve() for argument in config.args]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not config.option.live:
        stop_emulator(_environment)
