"""The parts of a lesson's exercise, in this order, at the end of the notebook:

* a Markdown cell with the heading `## Exercise: …`, and any cells that prepare the exercise
* a code cell that ends with the comment PROMPT …, where the learner writes
* a code cell `exercises.name(lab)`: the self-check, stored unsolved
* a Markdown cell with a hint and a solution, each of which unfolds. The solution is text, so that
  running the notebook does not solve the exercise
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from nbformat import NotebookNode
from notebook_guards import Notebook

PROMPT = "# Write "
LESSONS = {"00", "01", "02", "03", "04", "05", "06", "07", "08", "10"}

_HEADING = re.compile(r"## Exercise\b")
_SELF_CHECK = re.compile(r"exercises\.\w+\(lab\)")
_UNFOLDS = "<details>\n<summary>{}</summary>\n\n{}\n\n</details>"
_HINT = re.compile(_UNFOLDS.format("A hint", r"\S[^<]*\S"))
_SOLUTION = re.compile(_UNFOLDS.format("Show the solution", r"```python\n([^`]+)\n```"))


def solution_of(cell: NotebookNode) -> str | None:
    """The solution in a Markdown cell as Python code, None in any other cell."""
    found = _SOLUTION.search(cell.source) if cell.cell_type == "markdown" else None
    return found and found[1]


def ends_with_exercises(notebook: Notebook) -> Iterator[str]:
    """Yields a complaint for a lesson without one to three exercises, and for each missing part."""
    cells = notebook.content.cells
    starts = [n for n, cell in enumerate(cells) if _HEADING.match(cell.source)]
    wanted = (1, 2, 3) if notebook.path.name[:2] in LESSONS else (0,)
    if len(starts) not in wanted:
        yield f"it has {len(starts)} exercises, not {' or '.join(map(str, wanted))}"
    for start, end in pairwise([*starts, len(cells)]):
        heading, *section = cells[start:end]
        for complaint in _missing(section):
            yield f"{heading.source.splitlines()[0]!r}: {complaint}"


def _missing(section: list[NotebookNode]) -> Iterator[str]:
    matches = [_SELF_CHECK.fullmatch(cell.source.strip()) for cell in section]
    checks = [index for index, match in enumerate(matches) if match]
    if len(checks) != 1:
        yield f"it has {len(checks)} self-checks, not one"
        return
    [at] = checks
    if not at or not section[at - 1].source.splitlines()[-1].strip().startswith(PROMPT):
        yield f"before its self-check there is no cell that ends with {PROMPT!r}"
    if "○" not in _shown(section[at]):
        yield "its self-check is not stored unsolved"
    after = section[at + 1 :]
    if not after or not _HINT.search(after[0].source):
        yield "after its self-check there is no hint that unfolds"
    if not after or solution_of(after[0]) is None:
        yield "after its hint there is no solution that unfolds"
    if any(cell.cell_type == "code" for cell in after):
        yield "code follows its self-check"


def _shown(cell: NotebookNode) -> str:
    """The text of a cell's outputs."""
    return "".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "")
        for output in cell.get("outputs", [])
    )
