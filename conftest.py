"""Every test run has its own TaskRouter, even when only notebooks are selected; and its own tiers.

The notebooks' kernels are other processes. Fixtures do not reach them, so this file changes the
environment before the first kernel starts.
"""

import atexit
import os
import tempfile
from pathlib import Path

import pytest

from tools.sandbox import isolate, stop_emulator

_folder = tempfile.TemporaryDirectory(prefix="taskrouter-tests-", ignore_cleanup_errors=True)
atexit.register(_folder.cleanup)  # last of all: an IPython in this process writes there at exit
_environment: dict[str, str] = {}
TESTS = Path(__file__).parent / "tests"


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


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Use every core for a whole run; start no workers for the few tests of a named path."""
    return 0 if _paths(config) or config.option.live else os.cpu_count()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test with its tier; leave a tier out that neither `-m` nor a path asks for."""
    tiers = {line.partition(":")[0] for line in config.getini("markers")}
    asked = _paths(config)
    kept, left_out = [], []
    for item in items:
        folder = next((one for one in item.path.parents if one.parent == TESTS), TESTS)
        if folder.name not in tiers:
            kept.append(item)
            continue
        item.add_marker(folder.name)
        named = any(path.is_relative_to(folder) for path in asked)
        (kept if named or config.option.markexpr else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def _paths(config: pytest.Config) -> list[Path]:
    """The paths that the command names, or the folder it runs in; none for the whole clone."""
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        return []
    return [Path(argument.partition("::")[0]).resolve() for argument in config.args]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not config.option.live:
        stop_emulator(_environment)
