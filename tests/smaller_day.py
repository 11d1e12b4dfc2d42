"""The notebooks, with a busy hour in place of each day that notebook 09 simulates.

The full days take eight seconds of CPU. nbval simulates them once, in README's test command, and
compares every number. Other tests only need the notebook's cells to run: again in the same kernel,
beside neighbors, or on a live target. One hour is enough for that.
"""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.refresh import NOTEBOOKS

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
DAY = "09-a-day-on-the-floor.ipynb"
DEPENDS_ON_SIZE = "nbval-ignore-output"
ONE_HOUR = {
    '"en": {9: 20, 11: 26, 15: 20}': '"en": {14: 50, 15: 0}',
    '"es": {9: 4, 11: 14, 15: 4}': '"es": {14: 20, 15: 0}',
    "closes=24": "closes=2",
}


def read_notebook(path: Path) -> NotebookNode:
    """Read the notebook at `path`; notebook 09 gets fewer customers.

    Its cells whose stored outputs belong to the full days get the tag DEPENDS_ON_SIZE, so that
    nbval does not compare them.
    """
    notebook = nbformat.read(path, as_version=4)
    if path.name == DAY:
        _shorten(notebook.cells)
    return notebook


def with_smaller_day(folder: Path) -> list[Path]:
    """Write the smaller notebook 09 to `folder`; return the paths of all notebooks."""
    nbformat.write(read_notebook(NOTEBOOKS / DAY), folder / DAY)
    return [*(path for path in PATHS if path.name != DAY), folder / DAY]


def _shorten(cells: list[NotebookNode]) -> None:
    changed = []
    for full, shorter in ONE_HOUR.items():
        [number] = [n for n, cell in enumerate(cells) if full in cell.source]
        cells[number].source = cells[number].source.replace(full, shorter)
        changed.append(number)
    for cell in cells[min(changed) :]:
        if cell.cell_type == "code":
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), DEPENDS_ON_SIZE]
