"""Estimate how long a first-time learner needs for each lesson: ``python -m tools.minutes``.

Prints the minutes of each notebook, without and with its exercises. The learner reads 200 words a
minute, answers a prediction in 25 seconds, tries a panel for a minute, and runs and looks at any other
code cell for 10 seconds and two for each of its lines. An exercise takes three minutes, and half a
minute for each line of its solution. Hints, and whatever else unfolds, stay folded.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
WORDS = 200  # a minute
PREDICTION, PANEL, CELL, LINE = 25 / 60, 1, 10 / 60, 2 / 60
EXERCISE, SOLUTION_LINE = 3, 0.5

_UNFOLDS = re.compile(r"<details>.*?</details>", re.DOTALL)
_SOLUTION = re.compile(r"<summary>Show the solution</summary>\s*```python\n(.*?)\n```", re.DOTALL)
_HEADING = re.compile(r"^#+ (Exercise|Case)?", re.MULTILINE)


def minutes(cells: Sequence[NotebookNode]) -> tuple[int, int]:
    """Return the minutes of a lesson without and with its exercises, from its notebook's `cells`.

    The exercises are the sections with that heading, and every solution.
    """
    spent = {"lesson": 0.0, "exercises": 0.0}
    section = "lesson"
    for cell in cells:
        if cell.cell_type == "markdown" and (heading := _HEADING.search(cell.source)):
            section = "exercises" if heading[1] else "lesson"
        spent[section] += _minutes_of(cell)
        for solution in _SOLUTION.findall(cell.source):
            spent["exercises"] += EXERCISE + SOLUTION_LINE * len(solution.splitlines())
    return round(spent["lesson"]), round(sum(spent.values()))


def _minutes_of(cell: NotebookNode) -> float:
    if cell.cell_type == "markdown":
        return len(_UNFOLDS.sub("", cell.source).split()) / WORDS
    if "exercises.ask(" in cell.source:
        return PREDICTION
    if "controls." in cell.source:
        return PANEL
    return CELL + LINE * len(cell.source.splitlines())


def main() -> None:
    """Print a line for each notebook."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        lesson, whole = minutes(nbformat.read(path, as_version=4).cells)
        print(f"{path.name}: {lesson} minutes, {whole} with the exercises")


if __name__ == "__main__":
    main()
