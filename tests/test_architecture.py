"""The house: which file may import what, where time is read, and how large a file may grow."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CLONE = Path(__file__).parent.parent
FOLDERS = {  # of packages and tools; modules below them begin with the last name
    "helpers": CLONE / "helpers",
    "local_taskrouter": CLONE / "local-taskrouter" / "local_taskrouter",
    "tools": CLONE / "tools",
    "tests": CLONE / "tests",
}
SOURCES = {
    f"{name}/{path.relative_to(folder).as_posix()}": path.read_text("utf-8")
    for name, folder in FOLDERS.items()
    for path in sorted(folder.rglob("*.py"))
} | {"conftest.py": (CLONE / "conftest.py").read_text("utf-8")}
TESTS_MODULES = {Path(file).stem for file in SOURCES if file.startswith("tests/")}
PRODUCT = [file for file in SOURCES if file.startswith(("helpers/", "local_taskrouter/"))]
PROJECT, LOCAL_TASKROUTER = (
    tomllib.loads((CLONE / folder / "pyproject.toml").read_text("utf-8"))["project"]
    for folder in ("", "local-taskrouter")
)

FILE_LINES = 350
FUNCTION_LINES = 60
VAGUE = {"utils", "util", "common", "manager", "misc", "helper"}

MAY_IMPORT = {  # what of local_taskrouter the helpers may import, beside its rules and explanation
    "helpers/session/connect.py": {
        "local_taskrouter.process.launch",
        "local_taskrouter.process.home",
        "local_taskrouter.process.server_identity",
    },
}
MAY_READ_TIME = {
    "local_taskrouter/clock.py": {"time.time", "datetime.now", "time.sleep"},
    # Between attempts at a file that Windows holds.
    "local_taskrouter/process/home.py": {"time.sleep"},
    "helpers/checks.py": {"time.sleep"},  # wait_for
    # When a request was sent, to the local TaskRouter or to Twilio's.
    "helpers/session/request_log.py": {"datetime.now"},
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
    ours = {name for name in imports(file) if inside(name, *FOLDERS)}
    if file.startswith("local_taskrouter/rules/"):
        return {name for name in ours if not inside(name, "local_taskrouter.rules")}
    if file.startswith("local_taskrouter/explanation/"):
        allowed = {"local_taskrouter.explanation", "local_taskrouter.rules"}
        return {name for name in ours if not inside(name, *allowed)}
    if file.startswith("local_taskrouter/"):
        return {name for name in ours if not inside(name, "local_taskrouter")}
    allowed = {"helpers", "local_taskrouter.rules", "local_taskrouter.explanation"}
    allowed |= MAY_IMPORT.get(file, set())
    return {name for name in ours if not inside(name, *allowed)}


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


def requirements(project: Mapping[str, Any], *extras: str) -> set[str]:
    lines = [*project["dependencies"]]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def distributions(file: str) -> set[str]:
    """The packages, as pip names them, that `file` imports from."""
    known = _installed()
    tops = {name.split(".")[0] for name in imports(file)}
    foreign = tops - set(sys.stdlib_module_names) - {*FOLDERS, *TESTS_MODULES}
    return {canonicalize_name(known.get(top, [top])[0]) for top in foreign}


@cache
def _installed() -> Mapping[str, list[str]]:
    return packages_distributions()


def assert_none(violations: Iterable[str]) -> None:
    """Fail with each violation on a separate line."""
    found = sorted(violations)
    assert not found, "\n".join(["", *found])


def test_imports_point_down_only():
    assert_none(f"{file} imports {name}" for file in PRODUCT for name in imports_up(file))


def test_every_import_is_declared():
    tutorial, with_tests = requirements(PROJECT), requirements(PROJECT, "test")
    alone = requirements(LOCAL_TASKROUTER)
    declared = {"helpers": tutorial, "local_taskrouter": alone}
    assert_none(
        f"{file} imports {name}, which pyproject.toml does not declare"
        for file in SOURCES
        for name in distributions(file)
        - declared.get(file.partition("/")[0], with_tests | alone)
        - ({"pytest"} if file == "local_taskrouter/pytest_plugin.py" else set())
    )


def test_time_is_read_in_one_place():
    assert_none(
        f"{file} calls {call}"
        for file in PRODUCT
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
        ("local_taskrouter/rules/made.py", "import helpers.tables"),
        ("local_taskrouter/rules/made.py", "from local_taskrouter import clock"),
        ("local_taskrouter/rules/made.py", "from ..core import engine"),
        ("local_taskrouter/rules/made.py", "from local_taskrouter.explanation import place"),
        ("local_taskrouter/explanation/made.py", "from local_taskrouter.core import records"),
        ("local_taskrouter/made.py", "from helpers.session.connect import connect"),
        ("local_taskrouter/made.py", "from helpers import tables"),
        ("helpers/made.py", "import local_taskrouter.process.launch"),
        ("helpers/made.py", "def late():\n    from local_taskrouter.process import home"),
        ("helpers/controls/made.py", "from tools import refresh"),
        ("helpers/session/connect.py", "from local_taskrouter.core.engine import Engine"),
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
    assert not distributions("helpers/made.py") & requirements(PROJECT)
