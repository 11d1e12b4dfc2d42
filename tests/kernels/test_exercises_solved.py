"""A learner solves the exercises: the self-check sees it, the solution still runs, and a second try
begins where the first began."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from exercise_guard import PROMPT
from nbclient import NotebookClient
from nbformat import NotebookNode

from helpers.refresh import NOTEBOOKS
from helpers.sandbox import isolate, stop_emulator

LESSONS = [path for path in sorted(NOTEBOOKS.glob("*.ipynb")) if PROMPT in path.read_text("utf-8")]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    environment = dict(os.environ)
    isolate(environment, tmp_path_factory.mktemp("learner"))
    yield environment
    stop_emulator(environment)


def exercises(notebook: NotebookNode) -> Iterator[tuple[list[NotebookNode], NotebookNode]]:
    """Each exercise's code cells up to its self-check, and its solution."""
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.source.startswith("## "):
            cells = []
        elif cell.metadata.get("jupyter", {}).get("source_hidden"):
            yield cells, cell
        elif cell.cell_type == "code":
            cells = [*cells, cell]


def shown(cell: NotebookNode) -> str:
    return cell.outputs[0].data["text/plain"]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_learners_solution_is_seen_and_can_be_tried_again(
    path: Path, environment: dict[str, str]
):
    notebook = nbformat.read(path, as_version=4)
    unsolved = []
    for (*_, prompt, _), solution in exercises(notebook):
        unsolved.append(prompt.source)
        prompt.source += "\n".join(
            line for line in solution.source.splitlines() if "exercises." not in line
        )
    assert unsolved
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    with client.setup_kernel(env=environment, stderr=subprocess.DEVNULL):
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
        for ((*stage, prompt, self_check), _), source in zip(
            exercises(notebook), unsolved, strict=True
        ):
            assert shown(self_check).startswith("✓ Solved")
            prompt.source = source
            for cell in [*stage, prompt, self_check]:
                client.execute_cell(cell, notebook.cells.index(cell))
            assert shown(self_check).startswith("○ Not yet solved")
