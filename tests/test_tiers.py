"""Which tests a command selects. A folder of tests/ is a tier if pyproject.toml has its marker."""

import json
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


RUNS: list[tuple[str, list[str], set[str]]] = [
    (".", [], {UNMARKED}),
    (".", ["-m", "clients or room"], {MARKED, MARKED_TOO}),
    (".", [UNMARKED, f"{MARKED}::test_one", "tests/room"], {UNMARKED, MARKED, MARKED_TOO}),
    ("tests", [], {UNMARKED}),
    ("tests/room", [], {MARKED_TOO}),
]
# In one process, since pytest takes a second to load its plugins.
COLLECT = """
import json, os, sys, pytest

for folder, arguments in json.loads(sys.argv[1]):
    os.chdir(folder)
    code = pytest.main(["--collect-only", "-q", "-n", "0", *arguments])
    print(f"exit code {code:d}")
"""


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """What pytest prints for each of RUNS, and its exit code, in a folder with this project's settings and three tests."""
    clone = tmp_path_factory.mktemp("clone")
    for file in ("conftest.py", "pyproject.toml", "tests/nbval_sanitize.cfg", "tests/free_port.py"):
        (clone / file).parent.mkdir(exist_ok=True)
        shutil.copy(CLONE / file, clone / file)
    for file in (UNMARKED, MARKED, MARKED_TOO, "notebooks/empty"):
        (clone / file).parent.mkdir(parents=True, exist_ok=True)
        (clone / file).write_text("def test_one(): pass", "utf-8")
    runs = [(str(clone / folder), arguments) for folder, arguments, _ in RUNS]
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, json.dumps(runs)],
        env={**os.environ, "PYTHONPATH": str(CLONE)},
        capture_output=True,
        text=True,
        check=False,
    )
    printed = re.findall(r"(.*?)^exit code (\d)$", done.stdout, re.DOTALL | re.MULTILINE)
    assert len(printed) == len(RUNS), done.stdout + done.stderr
    return printed


@pytest.mark.parametrize("number", range(len(RUNS)))
def test_tier_runs_only_if_a_marker_or_path_selects_it(collected, number):
    printed, exit_code = collected[number]
    files = {line.partition("::")[0] for line in printed.splitlines() if "::" in line}
    assert (files, exit_code) == (RUNS[number][2], "0"), printed
    assert "-m" in RUNS[number][1] or "deselected" not in printed  # a tier may need more packages


def test_every_tier_has_a_folder_and_runs_in_ci():
    assert all((CLONE / "tests" / tier).is_dir() for tier in TIERS)
    script = (CLONE / ".ci" / "run").read_text("utf-8")
    assert re.findall(r"tests/{(.+?)}", script) == [",".join(sorted(TIERS))]


def test_contributing_describes_every_tier():
    text = (CLONE / "CONTRIBUTING.md").read_text("utf-8")
    assert re.findall(r"^\| `tests/(\w+)` \|", text, re.MULTILINE) == TIERS
