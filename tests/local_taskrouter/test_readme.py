"""README of local-taskrouter: the table of routes, the control routes, links and the example.

`python tests/local_taskrouter/test_readme.py` updates the table.
"""

import re
import unittest
from pathlib import Path
from typing import Any

from local_taskrouter.api.lists import PAGING
from local_taskrouter.api.routes import ROUTES
from local_taskrouter.http import control

README = Path(__file__).parents[2] / "local-taskrouter" / "README.md"
BEGIN, END = "<!-- routes -->\n", "<!-- end of routes -->"


def matrix():
    """The route table in Markdown: a row for each method of each path."""
    rows = ["| Path | Method | Parameters |", "| --- | --- | --- |"]
    for route in sorted(ROUTES, key=lambda route: (shown(route.path), route.method)):
        given = [f"`{name}`" for name in route.params if name not in PAGING]
        if PAGING.keys() & route.params.keys():
            given.append("paging")
        rows.append(f"| `{shown(route.path)}` | {route.method} | {', '.join(given)} |")
    return "\n".join(rows) + "\n"


def shown(path):
    """`/Workspaces/{WorkspaceSid}` for `/Workspaces/<workspace_sid>`."""
    return re.sub(r"<(\w+)>", lambda name: "{" + name[1].title().replace("_", "") + "}", path)


def parts():
    text = README.read_text("utf-8")
    before, rest = text.split(BEGIN)
    inside, after = rest.split(END)
    return before, inside, after


def test_support_matrix_is_the_route_table():
    assert parts()[1] == matrix(), "run: python tests/local_taskrouter/test_readme.py"


def test_control_routes_are_described():
    described = set(re.findall(r"^\| `(GET|POST) (/emulator\S*)`", parts()[0], re.MULTILINE))
    documented = set(
        re.findall(r"^(GET|POST) +(/emulator\S*)", control.__doc__ or "", re.MULTILINE)
    )
    assert described == documented


def test_links_to_files_exist():
    for target in re.findall(r"\]\(([^)#]+)", README.read_text("utf-8")):
        assert target.startswith("https://") or (README.parent / target).exists(), target


def test_example_passes(taskrouter):
    (example,) = re.findall(r"```python\n(def test_\w+.*?)```", parts()[0], re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - our own example
    names[example.split("(")[0].removeprefix("def ")](taskrouter)


def test_unittest_example_passes():
    (example,) = re.findall(r"```python\n(import unittest.*?)```", parts()[0], re.DOTALL)
    names: dict[str, Any] = {"__name__": "example"}
    exec(example, names)  # noqa: S102 - our own example
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(names["RoutingTest"])
    outcome = unittest.TestResult()
    tests.run(outcome)
    assert outcome.testsRun == 1 and outcome.wasSuccessful(), outcome.failures + outcome.errors


if __name__ == "__main__":
    before, _, after = parts()
    README.write_text(before + BEGIN + matrix() + END + after, "utf-8")
