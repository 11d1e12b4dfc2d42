"""What may import what, where the clock is read, and how large a file may grow."""

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
import source_code
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from source_code import (
    CLONE,
    FOLDERS,
    PRODUCT,
    SOURCES,
    TESTS_MODULES,
    circle,
    import_graph,
    imports,
    inside,
    late_imports,
    parsed,
    rooms,
)

PROJECT, LOCAL_TASKROUTER = (
    tomllib.loads((CLONE / folder / "pyproject.toml").read_text("utf-8"))["project"]
    for folder in ("", "local-taskrouter")
)

FILE_LINES = 350
FUNCTION_LINES = 60
VAGUE = {"utils", "util", "common", "manager", "misc", "helper"}
ROOMS, ARROWS = 16, 45  # at the top of helpers

PURE = {"local_taskrouter.core", "local_taskrouter.errors", "local_taskrouter.sids"}
EXPLAINS = {"local_taskrouter.explanation", "local_taskrouter.rules"}
SHOWS = EXPLAINS | {"local_taskrouter.ui"}
MAY_IMPORT = {  # modules of this project, by the beginning of the file's name; the first one counts
    "local_taskrouter/rules/": {"local_taskrouter.rules"},
    "local_taskrouter/explanation/": EXPLAINS | {"local_taskrouter.sids"},
    "local_taskrouter/ui/": SHOWS,
    "local_taskrouter/core/": PURE | {"local_taskrouter.rules"},
    "local_taskrouter/": {"local_taskrouter"},
    "helpers/session/connect.py": EXPLAINS
    | {"helpers", "local_taskrouter.api_key", "local_taskrouter.process"},
    "helpers/session/workspace_record.py": {"helpers", "local_taskrouter.process.private_files"},
    "helpers/webhooks/server.py": {"helpers", "local_taskrouter.http.cross_site"},
    "helpers/lessons/city_bikes.py": {"helpers", "local_taskrouter.seed"},
    "helpers/controls/": SHOWS | {"helpers"},
    "helpers/display/": SHOWS | {"helpers"},
    "helpers/exercises/": SHOWS | {"helpers"},
    "helpers/": EXPLAINS | {"helpers"},
    "tools/floor_picture.py": {"helpers.display", "local_taskrouter.ui"},
    "tools/": {"tools"},
}
EXPLAIN = {"local_taskrouter.explanation", "local_taskrouter.explanation.explain"}
SERVE = {"local_taskrouter.execute", "local_taskrouter.http.serve_home"}
SEEDS = {"local_taskrouter.client", "local_taskrouter.seed"}
LATE_IMPORTS = {  # inside a function
    # Packages may be missing.
    "helpers/preflight.py": {
        "helpers.installation.parts",
        "helpers.session.api_errors",
        "helpers.session.connect",
    },
    # `status` and `stop` start faster without uvicorn; a server without a certificate authority.
    "local_taskrouter/__main__.py": SEEDS | EXPLAIN | SERVE | {"local_taskrouter.worker_token"},
    "local_taskrouter/http/serve_home.py": SEEDS | {"local_taskrouter.transparent.mode"},
    # The twilio package takes half as long as all of the server; few explain, show the page or open a channel.
    "local_taskrouter/http/control.py": {"local_taskrouter.http.explain_route"},
    "local_taskrouter/page/routes.py": {"local_taskrouter.page.live"},
    "local_taskrouter/http/server.py": {"local_taskrouter.http.websockets"},
    "local_taskrouter/http/event_bridge.py": {"local_taskrouter.event_bridge.tokens"},
    # aiohttp takes a third of the time that a server needs to start; many send no callback.
    "local_taskrouter/outbox.py": {"local_taskrouter.callbacks"},
    "local_taskrouter/service.py": {"local_taskrouter.callbacks"},
    # pytest loads the plugin in every run.
    "local_taskrouter/pytest_plugin.py": {"local_taskrouter.testing"},
}
WITHOUT_IO = {  # what rules, core and explanation may import beside this project
    *("bisect", "collections", "dataclasses", "datetime", "difflib", "enum", "functools", "heapq"),
    *("itertools", "json", "math", "operator", "re", "textwrap", "typing", "unicodedata"),
}
HTTP_CLIENTS = {"http.client", "httpx", "requests", "urllib.request", "urllib3"}
MAY_CALL_HTTP = {  # instead of the twilio package
    "helpers/curl_command/send.py",  # where curl is not installed
    "helpers/controls/replay.py",  # sends a recorded request again, to any address
}
MAY_READ_TIME = {
    "local_taskrouter/clock.py": {"time.time", "datetime.now", "time.sleep"},
    # Between attempts to open a file that another program holds on Windows.
    "local_taskrouter/process/private_files.py": {"time.sleep"},
    "helpers/checks.py": {"time.sleep"},  # wait_for
    # The time at which a request was sent, to the local TaskRouter or to Twilio.
    "helpers/session/request_log.py": {"datetime.now"},
}


def imports_up(file: str) -> set[str]:
    """The modules of this project that `file` imports and must not import."""
    allowed = next(modules for start, modules in MAY_IMPORT.items() if file.startswith(start))
    return {name for name in imports(file) if inside(name, *FOLDERS) and not inside(name, *allowed)}


def input_and_output(file: str) -> set[str]:
    """The imports and calls of `file` that could reach a file, the network or the clock."""
    foreign = {name.split(".")[0] for name in imports(file)} - {*FOLDERS, "__future__"}
    allowed = WITHOUT_IO | ({"twilio"} if "/explanation/" in file else set())
    tree = parsed(SOURCES[file])
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return foreign - allowed | calls & {"open", "print", "input"}


def imported_http_clients(file: str) -> set[str]:
    tree = parsed(SOURCES[file])
    modules = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    return {name.name for node in modules for name in node.names} & HTTP_CLIENTS


def clock_readings(source: str) -> set[str]:
    """The calls in `source` that read the time of day or sleep, as "module.function"."""
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
    times = {"time.time", "time.time_ns", "time.sleep", "now", "utcnow"}
    return calls & {*times, "datetime.now", "datetime.utcnow", "datetime.today"}


def oversized_or_vague(file: str, source: str) -> Iterator[str]:
    """Yield a sentence for each rule of size and name that `file` breaks."""
    lines = len(source.splitlines())
    if lines >= FILE_LINES:
        yield f"{file} has {lines} lines, {FILE_LINES - 1} are allowed"
    if Path(file).stem in VAGUE:
        yield f"{file} has a name that does not describe its content"
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines >= FUNCTION_LINES:
                yield f"{file}: {node.name} has {lines} lines, {FUNCTION_LINES - 1} are allowed"


def requirements(project: Mapping[str, Any], *extras: str) -> set[str]:
    lines = [*project["dependencies"]]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def distributions(file: str) -> set[str]:
    """The packages that `file` imports from, by their names for pip."""
    installed = packages_of_modules()
    tops = {name.split(".")[0] for name in imports(file)}
    foreign = tops - set(sys.stdlib_module_names) - {*FOLDERS, *TESTS_MODULES}
    return {canonicalize_name(installed.get(top, [top])[0]) for top in foreign}


@cache
def packages_of_modules() -> Mapping[str, list[str]]:
    return packages_distributions()


def assert_none(violations: Iterable[str]) -> None:
    """Fail with each violation on a separate line."""
    found = sorted(violations)
    assert not found, "\n".join(["", *found])


def test_imports_point_down_only():
    files = [*PRODUCT, *(file for file in SOURCES if file.startswith("tools/"))]
    assert_none(f"{file} imports {name}" for file in files for name in imports_up(file))


def test_late_imports_are_listed():
    late = {file: late_imports(file) for file in PRODUCT}
    assert {file: names for file, names in late.items() if names} == LATE_IMPORTS


def test_rules_core_and_explanation_do_no_input_or_output():
    assert_none(
        f"{file} uses {name}"
        for file in PRODUCT
        if file.split("/")[1] in ("rules", "core", "explanation")
        for name in (input_and_output(file) if file.startswith("local_taskrouter/") else ())
    )


def test_helpers_call_taskrouter_through_the_twilio_package():
    callers = {file for file in PRODUCT if file.startswith("helpers/")}
    assert {file for file in callers if imported_http_clients(file)} == MAY_CALL_HTTP


@pytest.mark.parametrize("package", ["helpers", "local_taskrouter", "tools"])
def test_imports_form_no_circle(package):
    assert circle(import_graph(package)) == []
    assert circle(rooms(package)) == []


def test_helpers_have_few_rooms_and_arrows():
    top = rooms("helpers")
    assert len(top) <= ROOMS
    assert sum(map(len, top.values())) <= ARROWS


def test_every_imported_package_is_declared():
    tutorial, with_tests = requirements(PROJECT), requirements(PROJECT, "test", "tiers")
    alone = requirements(LOCAL_TASKROUTER, "yaml")
    declared = {"helpers": tutorial, "local_taskrouter": alone}
    assert_none(
        f"{file} imports {name}, which pyproject.toml does not declare"
        for file in SOURCES
        for name in distributions(file)
        - declared.get(file.partition("/")[0], with_tests | alone)
        - ({"pytest"} if file == "local_taskrouter/pytest_plugin.py" else set())
    )


def test_only_listed_files_read_the_clock_or_sleep():
    assert_none(
        f"{file} calls {call}"
        for file in PRODUCT
        for call in clock_readings(SOURCES[file]) - MAY_READ_TIME.get(file, set())
    )


def test_files_and_functions_are_small_and_have_precise_names():
    assert_none(
        violation
        for file, source in SOURCES.items()
        for violation in oversized_or_vague(file, source)
    )


def test_helpers_have_at_most_twelve_public_names():
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
        ("local_taskrouter/ui/made.py", "from local_taskrouter.page import reading"),
        ("helpers/tables/made.py", "from local_taskrouter.ui import shown"),
        ("local_taskrouter/made.py", "from helpers.session.connect import connect"),
        ("local_taskrouter/made.py", "from helpers import tables"),
        ("helpers/made.py", "import local_taskrouter.process.launch"),
        ("helpers/made.py", "def late():\n    from local_taskrouter.process import home"),
        ("helpers/controls/made.py", "from tools import refresh"),
        ("helpers/session/connect.py", "from local_taskrouter.core.engine import Engine"),
    ],
)
def test_import_that_points_up_is_found(monkeypatch, file, source):
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
def test_reading_the_clock_is_found(source):
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
def test_large_file_or_function_or_vague_name_is_found(file, source):
    [violation] = oversized_or_vague(file, source)
    assert file in violation


def test_all_violations_are_listed():
    with pytest.raises(AssertionError, match=r"(?s)one\.py.*two\.py"):
        assert_none(["two.py imports up", "one.py imports up"])


def test_undeclared_package_is_found(monkeypatch):
    monkeypatch.setitem(SOURCES, "helpers/made.py", "import yaml\nimport nowhere_to_be_found")
    assert distributions("helpers/made.py") == {"pyyaml", "nowhere-to-be-found"}
    assert not distributions("helpers/made.py") & requirements(PROJECT)


@pytest.mark.parametrize(
    "source",
    [
        "from helpers.checks import check",
        "def late():\n    import helpers.checks",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from helpers import checks",
    ],
)
def test_circle_is_found_wherever_its_imports_are(monkeypatch, source):
    sources = {"helpers/made.py": source, "helpers/checks.py": "from helpers.made import late"}
    monkeypatch.setattr(source_code, "SOURCES", sources)
    assert {"helpers.made", "helpers.checks"} == set(circle(import_graph("helpers")))
    assert set(circle(rooms("helpers"))) == {"made", "checks"}
    assert bool(late_imports("helpers/made.py")) == (not source.startswith("from helpers"))


@pytest.mark.parametrize(
    "source",
    ["import sqlite3", "from time import monotonic", "def late():\n    import socket", "open('x')"],
)
def test_input_or_output_in_the_core_is_found(monkeypatch, source):
    monkeypatch.setitem(SOURCES, "local_taskrouter/core/made.py", source)
    assert input_and_output("local_taskrouter/core/made.py")
