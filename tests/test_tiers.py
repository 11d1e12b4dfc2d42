"""Which tests a command selects. A folder of tests/ is a tier if pyproject.toml has its marker."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

CLONE = Path(__file__).parent.parent
SETTINGS = tomllib.loads((CLONE / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
TIERS = [line.partition(":")[0] for line in SETTINGS["ini_options"]["markers"]]
UNMARKED, MARKED, MARKED_TOO = "tests/test_a.py", "tests/clients/test_b.py", "tests/room/test_c.py"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with this project's pytest settings and three tests."""
    clone = tmp_path_factory.mktemp("clone")
    for file in ("conftest.py", "pyproject.toml"):
        shutil.copy(CLONE / file, clone)
    for file in (UNMARKED, MARKED, MARKED_TOO, "notebooks/empty"):
        (clone / file).parent.mkdir(parents=True, exist_ok=True)
        (clone / file).write_text("def test_one(): pass", "utf-8")
    shutil.copy(CLONE / "tests" / "nbval_sanitize.cfg", clone / "tests")
    return clone


@pytest.mark.parametrize(
    ("folder", "arguments", "selected"),
    [
        (".", [], {UNMARKED}),
        (".", ["-m", "clients or room"], {MARKED, MARKED_TOO}),
        (".", [UNMARKED, f"{MARKED}::test_one", "tests/room"], {UNMARKED, MARKED, MARKED_TOO}),
        ("tests", [], {UNMARKED}),
        ("tests/room", [], {MARKED_TOO}),
    ],
)
def test_tier_runs_only_if_a_marker_or_path_selects_it(clone, folder, arguments, selected):
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=clone / folder,
        env={**os.environ, "PYTHONPATH": str(CLONE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {
        line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line
    } == selected


def test_every_tier_has_a_folder_and_runs_in_ci():
    assert all((CLONE / "tests" / tier).is_dir() for tier in TIERS)
    script = (CLONE / ".ci" / "run").read_text("utf-8")
    assert re.findall(r'-m "(.+?)"', script) == [" or ".join(TIERS)]


def test_contributing_describes_every_tier():
    text = (CLONE / "CONTRIBUTING.md").read_text("utf-8")
    assert re.findall(r"^\| `tests/(\w+)` \|", text, re.MULTILINE) == TIERS
