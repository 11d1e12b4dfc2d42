"""A lesson survives the tools that people run notebooks with, or keep them in version control with."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from tools.refresh import NOTEBOOKS, normalize, read_rules, sanitize

LESSON = NOTEBOOKS / "00-start-here.ipynb"
RULES = read_rules()


@pytest.fixture
def run_tool(tmp_path: Path, environment: dict[str, str]) -> Callable[..., None]:
    """Runs `python -m MODULE ARGUMENT ...` in a folder with a copy of the lesson."""
    shutil.copy(LESSON, tmp_path)

    def run(module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    return run


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def outputs(notebook: NotebookNode) -> list[object]:
    normalize(notebook)
    return [sanitize(cell.get("outputs", []), RULES) for cell in notebook.cells]


def cells(notebook: NotebookNode) -> list[tuple[str, str, object]]:
    """Of each cell its kind, its source and its tags; jupytext drops empty last lines."""
    return [
        (cell.cell_type, cell.source.rstrip("\n"), cell.metadata.get("tags"))
        for cell in notebook.cells
    ]


def test_papermill_and_jupyter_execute_show_the_stored_outputs(run_tool, tmp_path):
    run_tool("papermill", "--no-progress-bar", LESSON.name, "papermill.ipynb")
    run_tool("jupyter", "execute", "--output", "executed", LESSON.name)
    stored = outputs(read(LESSON))
    assert outputs(read(tmp_path / "papermill.ipynb")) == stored
    assert outputs(read(tmp_path / "executed.ipynb")) == stored


def test_nbstripout_and_jupytext_keep_every_cell(run_tool, tmp_path):
    run_tool("nbstripout", LESSON.name)
    stripped = read(tmp_path / LESSON.name)
    assert cells(stripped) == cells(read(LESSON))
    assert not any(cell.get("outputs") for cell in stripped.cells)
    run_tool("jupytext", LESSON.name, "--output", "lesson.py")
    run_tool("jupytext", "lesson.py", "--output", "again.ipynb")
    assert cells(read(tmp_path / "again.ipynb")) == cells(stripped)


def test_nbconvert_writes_a_python_script(run_tool, tmp_path):
    run_tool("jupyter", "nbconvert", "--to", "script", LESSON.name)
    assert "from helpers import" in (tmp_path / LESSON.name).with_suffix(".py").read_text("utf-8")
