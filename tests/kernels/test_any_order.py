"""Learners jump: every notebook works after any other, and Run All works twice in one kernel."""

import copy
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from helpers.refresh import NOTEBOOKS, Rules, normalize, read_rules, sanitize
from helpers.sandbox import isolate, stop_emulator

LAST_FIRST = sorted(NOTEBOOKS.glob("*.ipynb"), reverse=True)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """One TaskRouter for the whole module: each notebook finds what the others have left."""
    environment = dict(os.environ)
    isolate(environment, tmp_path_factory.mktemp("learner"))
    yield environment
    stop_emulator(environment)


def outputs(notebook: nbformat.NotebookNode, rules: Rules) -> list[object]:
    return [sanitize(cell.outputs, rules) for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", LAST_FIRST, ids=lambda path: path.stem)
def test_run_all_twice_shows_what_is_stored_whatever_was_there(
    path: Path, environment: dict[str, str]
):
    rules = read_rules()
    stored = nbformat.read(path, as_version=4)
    fresh = copy.deepcopy(stored)
    client = NotebookClient(
        fresh, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    )
    with client.setup_kernel(env=environment, stderr=subprocess.DEVNULL):
        for _ in range(2):
            client.reset_execution_trackers()
            for index, cell in enumerate(fresh.cells):
                client.execute_cell(cell, index)
            seen = copy.deepcopy(fresh)
            normalize(seen)
            assert outputs(seen, rules) == outputs(stored, rules)
