"""The wheel of local-taskrouter, installed without the tutorial into a clean environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from installing import skip_outside_ci
from local_taskrouter.ui.files import TYPES
from readme_blocks import blocks

PROJECT = Path(__file__).resolve().parents[2] / "local-taskrouter"
PIP_SECONDS = 300
TUTORIAL_ONLY = {"jupyterlab", "notebook", "ipykernel", "pandas", "ipywidgets"}


def run(*command: str | Path, cwd: Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a program outside this project, without the settings of this test run."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PIP_QUIET")
    }
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def pip(python: Path, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run this environment's pip for another one."""
    command = [sys.executable, "-m", "pip", "--python", python, *arguments]
    return run(*command, cwd=cwd, timeout=PIP_SECONDS)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new virtual environment with local-taskrouter, pytest and what they need."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    programs = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    # Given a folder, pip builds the wheel and installs that.
    done = pip(programs / "python", "install", "--no-compile", PROJECT, "pytest-xdist", cwd=folder)
    if done.returncode:
        skip_outside_ci(f"pip could not build and install the wheel: {done.stderr[-300:]}")
    return programs


def test_readme_example_passes_in_parallel_with_the_installed_plugin(programs, tmp_path):
    example = blocks("python")[0]
    for number in range(6):
        (tmp_path / f"test_example_{number}.py").write_text(example, "utf-8")
    done = run(programs / "python", "-m", "pytest", "-q", "-n", "3", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


def test_top_conftest_may_name_the_plugin_too(programs, tmp_path):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["local_taskrouter.pytest_plugin"]')
    test = (
        "def test_url(taskrouter):\n    assert taskrouter.url == taskrouter.env['TASKROUTER_URL']\n"
    )
    (tmp_path / "test_url.py").write_text(test)
    done = run(programs / "python", "-m", "pytest", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_environment_has_no_package_that_only_the_tutorial_needs(programs, tmp_path):
    listed = pip(programs / "python", "list", "--format=json", cwd=tmp_path)
    installed = {package["name"].lower() for package in json.loads(listed.stdout)}
    assert {"local-taskrouter", "pytest", "twilio"} <= installed
    assert not installed & TUTORIAL_ONLY


def test_wheel_has_every_file_of_the_page(programs, tmp_path):
    listing = "from local_taskrouter.ui import files; print(*sorted(files.NAMES), sep=chr(10))"
    done = run(programs / "python", "-c", listing, cwd=tmp_path)
    in_wheel = set(done.stdout.split())
    folder = PROJECT / "local_taskrouter" / "ui"
    assert {"page.html", "page.js", "floor.js", "cards.js", "look.css"} <= in_wheel
    assert in_wheel == {path.name for path in folder.iterdir() if path.suffix in TYPES}


@pytest.mark.parametrize("command", [["local-taskrouter"], ["python", "-m", "local_taskrouter"]])
def test_help_names_the_command_that_was_typed(programs, tmp_path, command):
    program, *arguments = command
    done = run(programs / program, *arguments, "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: {' '.join(command)} ")
