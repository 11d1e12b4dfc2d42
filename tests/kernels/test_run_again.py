"""Notebooks run in reverse order and twice in one kernel; exercises are solved and retried."""

import copy
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from exercise_guard import parts, solution_of, with_lines
from nbclient import NotebookClient
from nbformat import NotebookNode
from smaller_day import DEPENDS_ON_SIZE, PATHS, read_notebook

from tools.refresh import normalize, read_rules, sanitize

RULES = read_rules()


@dataclass(frozen=True)
class Exercise:
    """The cells of an exercise; `preparation` are those before the learner's cell."""

    preparation: list[NotebookNode]
    prompt: NotebookNode
    self_check: NotebookNode
    solution: str


class OpenNotebook:
    """A notebook with a running kernel."""

    def __init__(self, client: NotebookClient) -> None:
        self._client = client
        self.cells = client.nb.cells

    def run(self, cells: list[NotebookNode]) -> None:
        for cell in {id(each): each for each in cells}.values():
            [number] = [n for n, each in enumerate(self.cells) if each is cell]
            self._client.execute_cell(cell, number)

    def run_all(self) -> list[NotebookNode]:
        """Run every cell, and return the code cells with outputs as files store them."""
        self._client.reset_execution_trackers()
        self.run(self.cells)
        notebook = copy.deepcopy(self._client.nb)
        normalize(notebook)
        return code_cells(notebook)

    def exercises(self) -> Iterator[Exercise]:
        cells: list[NotebookNode] = []
        for cell in self.cells:
            if cell.source.startswith("## "):
                cells = []
            elif solution := solution_of(cell):
                preparation, prompt, _ = parts(cells)
                yield Exercise(preparation, prompt, cells[-1], solution)
            elif cell.cell_type == "code":
                cells = [*cells, cell]


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(cells: list[NotebookNode]) -> list[object]:
    return [sanitize(cell.outputs, RULES) for cell in cells]


def depends_on_size(cell: NotebookNode) -> bool:
    return DEPENDS_ON_SIZE in cell.metadata.get("tags", [])


def shown(cell: NotebookNode) -> str:
    return cell.outputs[-1].data["text/plain"]


@pytest.mark.parametrize("path", PATHS[::-1], ids=lambda path: path.stem)
def test_second_run_repeats_the_outputs_and_exercises_can_be_solved_and_retried(
    path: Path, environment: dict[str, str]
):
    notebook = read_notebook(path)
    stored = code_cells(copy.deepcopy(notebook))
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    with client.setup_kernel(env=environment, stderr=subprocess.DEVNULL):
        opened = OpenNotebook(client)
        first = opened.run_all()
        same = [n for n, cell in enumerate(stored) if not depends_on_size(cell)]
        assert outputs([first[n] for n in same]) == outputs([stored[n] for n in same])
        assert outputs(opened.run_all()) == outputs(first)
        solve_and_retry(opened, list(opened.exercises()))
    assert list(opened.exercises())


def solve_and_retry(opened: OpenNotebook, exercises: list[Exercise]) -> None:
    """Solve the exercises in their order as a learner does, then start each of them again."""
    unsolved = [exercise.prompt.source for exercise in exercises]
    for exercise in exercises:
        exercise.prompt.source = with_lines(exercise.prompt.source, exercise.solution)
        opened.run([*exercise.preparation, exercise.prompt, exercise.self_check])
        assert shown(exercise.self_check).startswith("✓ Solved")
    for exercise, source in zip(exercises, unsolved, strict=True):
        exercise.prompt.source = source
        opened.run([*exercise.preparation, exercise.prompt, exercise.self_check])
        assert shown(exercise.self_check).startswith("○ Not yet solved")
