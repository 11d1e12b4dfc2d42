"""The house: which file may import what, where time is read, and how large a file may grow."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CLONE = Path(__file__).parent.parent
SOURCES = {
    path.relative_to(CLONE).as_posix(): path.read_text("utf-8")
    for folder in ("helpers", "tests")
    for path in sorted((CLONE / folder).rglob("*.py"))
} | {"conftest.py": (CLONE / "conftest.py").read_text("utf-8")}
TESTS_MODULES = {Path(file).stem for file in SOURCES if file.startswith("tests/")}
HELPERS = [file for file in SOURCES if file.startswith("helpers/")]
PROJECT = tomllib.loads((CLONE / "pyproject.toml").read_text("utf-8"))["project"]

FILE_LINES = 350
FUNCTION_LINES = 60
VAGUE = {"utils", "util", "common", "manager", "misc", "helper"}

MAINTAINERS_TOOLS = {"helpers/refresh.py"}  # runs with the extra `test` installed
MAY_IMPORT_EMULATOR = {
    "helpers/connection.py": {"helpers.emulator.launch", "helpers.emulator.home"},
}
MAY_READ_TIME = {
    "helpers/emulator/clock.py": {"time.time", "datetime.now", "time.sleep"},
    "helpers/emulator/home.py": {"time.sleep"},  # between attempts at a file that Windows holds
    "helpers/checks.py": {"time.sleep"},  # wait_for
    "helpers/request_log.py": {"datetime.now"},  # when a request was sent, here or to real Twilio
}


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def imports(file: str) -> set[str]:
    """Every module that `file` imports, anywhere in it, with its full name."""
    found: set[str] = set()
    for node in ast.walk(parsed(SOURCES[file])):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= set(_imported_from(file, node))
    return found


def _imported_from(file: str, node: ast.ImportFrom) -> Iterator[str]:
    package = file.removesuffix(".py").split("/")[: -node.level] if node.level else []
    module = ".".join([*package, *([node.module] if node.module else [])])
    for name in node.names:
        path = f"{module}.{name.name}".replace(".", "/")
        is_module = f"{path}.py" in SOURCES or f"{path}/__init__.py" in SOURCES
        yield f"{module}.{name.name}" if is_module else module


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def imports_up(file: str) -> set[str]:
    """The modules of ours that `file` imports and must not know."""
    ours = {name for name in imports(file) if inside(name, "helpers")}
    if file.startswith("helpers/rules/"):
        return {name for name in ours if not inside(name, "helpers.rules")}
    if file.startswith("helpers/emulator/"):
        return {name for name in ours if not inside(name, "helpers.emulator", "helpers.rules")}
    of_emulator = {name for name in ours if inside(name, "helpers.emulator")}
    return of_emulator - MAY_IMPORT_EMULATOR.get(file, set())


def clock_readings(source: str) -> set[str]:
    """The calls in `source` that read the time of day or wait, as "module.function"."""
    tree = parsed(source)
    names = {
        name.asname or name.name: f"time.{name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for name in node.names
    }
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    calls = {names.get(call, call).removeprefix("datetime.datetime.") for call in calls}
    calls = {re.sub(r"^.*\b(datetime\.(?:now|utcnow|today))$", r"\1", call) for call in calls}
    return calls & {
        "time.time",
        "time.time_ns",
        "time.sleep",
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "now",
        "utcnow",
    }


def oversized_or_vague(file: str, source: str) -> Iterator[str]:
    """A sentence for each rule of size and name that `file` breaks."""
    lines = len(source.splitlines())
    if lines >= FILE_LINES:
        yield f"{file} has {lines} lines, {FILE_LINES - 1} are allowed"
    if Path(file).stem in VAGUE:
        yield f"{file} has a name that does not say what the file holds"
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if lines >= FUNCTION_LINES:
                yield f"{file}: {node.name} has {lines} lines, {FUNCTION_LINES - 1} are allowed"


def requirements(*extras: str) -> set[str]:
    lines = [*PROJECT["dependencies"]]
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def distributions(file: str) -> set[str]:
    """The packages, as pip names them, that `file` imports from."""
    known = _installed()
    tops = {name.split(".")[0] for name in imports(file)}
    foreign = tops - set(sys.stdlib_module_names) - {"helpers", *TESTS_MODULES}
    return {canonicalize_name(known.get(top, [top])[0]) for top in foreign}


@cache
def _installed() -> Mapping[str, list[str]]:
    return packages_distributions()


def assert_none(violations: Iterable[str]) -> None:
    """Fail with each violation on a separate line."""
    found = sorted(violations)
    assert not found, "\n".join(["", *found])


def test_imports_point_down_only():
    assert_none(f"{file} imports {name}" for file in HELPERS for name in imports_up(file))


def test_what_helpers_import_is_declared():
    declared, with_test = requirements(), requirements("test")
    assert_none(
        f"{file} imports {name}, which pyproject.toml does not declare"
        for file in HELPERS
        for name in distributions(file) - (with_test if file in MAINTAINERS_TOOLS else declared)
    )


def test_what_tests_import_is_declared():
    declared = requirements("test")
    assert_none(
        f"{file} imports {name}, which pyproject.toml does not declare"
        for file in set(SOURCES) - set(HELPERS)
        for name in distributions(file) - declared
    )


def test_time_is_read_in_one_place():
    assert_none(
        f"{file} calls {call}"
        for file in HELPERS
        for call in clock_readings(SOURCES[file]) - MAY_READ_TIME.get(file, set())
    )


def test_files_and_functions_are_small_and_named_for_what_they_hold():
    assert_none(
        violation
        for file, source in SOURCES.items()
        for violation in oversized_or_vague(file, source)
    )


def test_helpers_have_at_most_twelve_public_names_and_all_of_them_exist():
    import helpers

    assert 0 < len(helpers.__all__) <= 12
    assert all(hasattr(helpers, name) for name in helpers.__all__)


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("helpers/rules/made.py", "import helpers.tables"),
        ("helpers/rules/made.py", "from helpers.emulator import clock"),
        ("helpers/rules/made.py", "from ..emulator import clock"),
        ("helpers/emulator/made.py", "from helpers.connection import connect"),
        ("helpers/emulator/made.py", "from helpers import tables"),
        ("helpers/made.py", "import helpers.emulator.launch"),
        ("helpers/made.py", "def late():\n    from helpers.emulator import home"),
        ("helpers/controls/made.py", "from ..emulator import home"),
        ("helpers/connection.py", "from helpers.emulator.engine import Engine"),
    ],
)
def test_an_import_that_points_up_is_seen(monkeypatch, file, source):
    monkeypatch.setitem(SOURCES, file, source)
    assert imports_up(file)


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.sleep(1)",
        "from time import sleep\nsleep(1)",
        "from time import time as clock\nclock()",
        "import datetime\ndatetime.datetime.now()",
        "import datetime as dt\ndt.datetime.utcnow()",
        "from datetime import datetime, UTC\ndatetime.now(UTC)",
    ],
)
def test_a_reading_of_the_clock_is_seen(source):
    assert clock_readings(source)


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("helpers/utils.py", ""),
        ("helpers/made.py", "\n" * FILE_LINES),
        ("helpers/made.py", "def long():\n" + "    1\n" * FUNCTION_LINES),
        (
            "helpers/made.py",
            "class A:\n    async def long(self):\n" + "        1\n" * FUNCTION_LINES,
        ),
    ],
)
def test_a_large_file_or_function_and_a_vague_name_are_seen(file, source):
    [violation] = oversized_or_vague(file, source)
    assert file in violation


def test_every_violation_is_listed():
    with pytest.raises(AssertionError, match=r"(?s)one\.py.*two\.py"):
        assert_none(["two.py imports up", "one.py imports up"])


def test_an_undeclared_package_is_seen(monkeypatch):
    monkeypatch.setitem(SOURCES, "helpers/made.py", "import yaml\nimport nowhere_to_be_found")
    assert distributions("helpers/made.py") == {"pyyaml", "nowhere-to-be-found"}
    assert not distributions("helpers/made.py") & requirements()
