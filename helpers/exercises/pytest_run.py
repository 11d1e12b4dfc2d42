"""pytest on the learner's app, as it is or with one text replaced, in a separate process.

Several copies of the app share a process: most of pytest's time on a small app is its own start.
"""

import os
import re
import shutil
import subprocess
import sys
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from helpers.display.html import AS_TEXT
from helpers.display.theme import CODE_FONT, CODE_SIZE, ERROR_EDGE, INK, SOLVED_EDGE
from helpers.exercises import pytest_process
from helpers.session.cell_errors import fold_tracebacks
from helpers.session.request_log import RequestLog

SECONDS = 50
"""How long pytest may run; a cell of a notebook that is tested may run for 60."""

# Without other plugins pytest starts twice as fast, and what it prints depends on none of them.
# A kernel sets FORCE_COLOR, which colors collection errors in spite of --color=no.
_ENVIRONMENT = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTEST_ADDOPTS": "",
    "PY_COLORS": "0",
    "COLUMNS": "88",
}
_PLUGINS = (
    "local_taskrouter.pytest_plugin",
    *("no:cacheprovider", "no:unraisableexception", "no:warnings"),
)
_OPTIONS = (
    *("-v", "-rN", "--color=no", "--no-header", "--tb=short", "--show-capture=no"),
    *("-o", "console_output_style=classic"),
    *(option for plugin in _PLUGINS for option in ("-p", plugin)),
)
_OUTCOME = re.compile(r"^(\S+::\S+) (PASSED|FAILED|ERROR)", re.MULTILINE)
_ERROR = re.compile(r"^E (?: {2}| +(?=fixture '))(\S.*)", re.MULTILINE)
_SUMMARY = re.compile(r"^=+ (.+) in [\d.]+s.* =+$", re.MULTILINE)
_START = re.compile(r"\A=+ test session starts =+\n(?:collecting .*(?=collected))?")
_LETTERS = (
    f"font-family:{CODE_FONT};font-size:{CODE_SIZE};line-height:1.4;margin:4px 0;padding:0 0 0 12px"
)
_NOT_ENDED = (
    f"pytest has not ended within {SECONDS} seconds, so it was stopped. A test waits for something that"
    " does not happen: look for a sleep, or a loop without an end."
)


class AppFolder:
    """A new, empty folder for the files of an app, deleted when the kernel ends.

    Its parent becomes the current folder, so that `%%writefile name/app.py` writes into it.
    """

    def __init__(self, name: str) -> None:
        parent = mkdtemp(prefix="taskrouter-app-")
        weakref.finalize(self, shutil.rmtree, parent, ignore_errors=True)
        self.path = Path(parent).resolve() / name
        self.path.mkdir()
        # With a file of settings here, pytest reads none of the folders above.
        (self.path / "pytest.ini").write_text("[pytest]\n", "utf-8")
        os.chdir(self.path.parent)
        fold_tracebacks(RequestLog())

    def __repr__(self) -> str:
        files = sorted(path.name for path in self.path.iterdir() if path.is_file())
        return f"The folder {self.path.name}: {', '.join(files)}"

    @contextmanager
    def copy(self, old: str = "", new: str = "") -> Iterator[Path]:
        """A copy of the folder, in which `old` is replaced by `new` in the app's files.

        The files of tests stay as they are. Raises ValueError if `old` does not occur exactly once.
        """
        with TemporaryDirectory(ignore_cleanup_errors=True) as parent:
            copy = Path(parent) / self.path.name
            shutil.copytree(self.path, copy)
            if old:
                self._replace(copy, old, new)
            yield copy

    def _replace(self, copy: Path, old: str, new: str) -> None:
        found = {
            path: text.count(old)
            for path in sorted(copy.glob("*.py"))
            if not path.name.startswith("test_") and old in (text := path.read_text("utf-8"))
        }
        if list(found.values()) != [1]:
            raise ValueError(
                f"The text {old!r} occurs {sum(found.values())} times in the app's files in the folder"
                f" {self.path.name}, not once. Copy a longer piece of one line, or run the cells that"
                " write these files again."
            )
        [path] = found
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


@dataclass(frozen=True)
class PytestRun:
    """What pytest printed, without its times, and the outcome of each test by its name."""

    text: str
    outcomes: Mapping[str, str]
    green: bool

    @property
    def could_run(self) -> bool:
        """Whether pytest found tests, and the fixtures of each."""
        return bool(self.outcomes) and "ERROR" not in self.outcomes.values()

    @property
    def error(self) -> str:
        """The first line of the first error; the last line of the output if there is none."""
        found = _ERROR.search(self.text)
        return found[1] if found else self.text.strip().splitlines()[-1]

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        edge = SOLVED_EDGE if self.green else ERROR_EDGE
        style = f"white-space:pre;overflow-x:auto;border-left:4px solid {edge};color:{INK}"
        html = f'<pre class="{AS_TEXT}" style="{style};{_LETTERS}">{escape(self.text)}</pre>'
        return {"text/html": html, "text/plain": self.text}


def run_pytest(lab: AppFolder, *tests: str) -> PytestRun:
    """Run the tests in these files of the folder, by default in all. Never raises for a red test."""
    return run_in(lab.path, *tests)


def break_app(lab: AppFolder, old: str, new: str, *tests: str) -> PytestRun:
    """Run the tests on a copy of the app in which the text `old` is replaced by `new`.

    Raises ValueError if `old` does not occur exactly once in the app's files.
    """
    [run] = break_each(lab, [(old, new)], *tests)
    return run


def break_each(lab: AppFolder, breaks: Sequence[tuple[str, str]], *tests: str) -> list[PytestRun]:
    """Run the tests on a copy of the app for each of the `breaks`, as `break_app` does."""
    with ExitStack() as copies:
        return _run([copies.enter_context(lab.copy(*each)) for each in breaks], *tests)


def run_in(folder: Path, *tests: str) -> PytestRun:
    """Run pytest in `folder`, and return what it printed."""
    [run] = _run([folder], *tests)
    return run


def _run(folders: Sequence[Path], *tests: str) -> list[PytestRun]:
    """Run pytest in each of the folders, one after the other in one process."""
    try:
        done = subprocess.run(
            [
                sys.executable,
                *("-B", "-P", pytest_process.__file__),
                os.pathsep.join(map(str, folders)),
                *_OPTIONS,
                *tests,
            ],
            env=os.environ | _ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
        printed, left = done.stdout, ""
    except subprocess.TimeoutExpired as stopped:
        # What was printed is bytes on some systems, whatever the encoding.
        partly = stopped.stdout or b""
        printed = partly.decode("utf-8", "replace") if isinstance(partly, bytes) else partly
        left = _NOT_ENDED
    *ended, rest = re.split(f"^{pytest_process.ENDED}(\\d+)\n", printed, flags=re.MULTILINE)
    runs = [
        _read(folder, text, code)
        for folder, text, code in zip(folders, ended[::2], ended[1::2], strict=False)
    ]
    left = left or rest.strip() or "The process ended before pytest did."
    return [*runs, *(PytestRun(left, {}, False) for _ in folders[len(runs) :])]


def _read(folder: Path, printed: str, code: str) -> PytestRun:
    text = _SUMMARY.sub(r"\1", _START.sub("", printed.lstrip()))
    text = text.replace(f"{folder}{os.sep}", "").strip()
    return PytestRun(text, dict(_OUTCOME.findall(text)), code == "0")
