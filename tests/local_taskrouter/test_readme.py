"""README of local-taskrouter: the control routes, links and the examples."""

import re
import unittest
from pathlib import Path
from typing import Any

import pytest
from local_taskrouter.http import control

README = Path(__file__).parents[2] / "local-taskrouter" / "README.md"
SUPPORT = README.with_name("SUPPORT.md")


def test_control_routes_are_described():
    described = set(
        re.findall(
            r"^\| `(GET|POST|PUT|DELETE) (/emulator\S*)`", README.read_text("utf-8"), re.MULTILINE
        )
    )
    documented = set(
        re.findall(r"^(GET|POST|PUT|DELETE) +(/emulator\S*)", control.__doc__ or "", re.MULTILINE)
    )
    assert described == documented


@pytest.mark.parametrize("page", [README, SUPPORT], ids=lambda page: page.name)
def test_links_to_files_exist(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def test_example_passes(taskrouter):
    (example,) = re.findall(
        r"```python\n(def test_\w+.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - our own example
    names[example.split("(")[0].removeprefix("def ")](taskrouter)


def test_unittest_example_passes():
    (example,) = re.findall(
        r"```python\n(import unittest.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    names: dict[str, Any] = {"__name__": "example"}
    exec(example, names)  # noqa: S102 - our own example
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(names["RoutingTest"])
    outcome = unittest.TestResult()
    tests.run(outcome)
    assert outcome.testsRun == 1 and outcome.wasSuccessful(), outcome.failures + outcome.errors
