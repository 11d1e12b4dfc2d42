"""The parts of a lesson's exercise, in this order, at the end of the notebook:

* a Markdown cell with the heading `## Exercise: …`, and any cells that prepare the exercise
* a code cell that ends with the comment PROMPT …, where the learner writes one line
* a code cell `exercises.name(lab)`: the self-check, stored unsolved
* a Markdown cell with a hint that unfolds
* a code cell with the solution, which ends with `exercises.name(lab).require()`; it is folded, and
  shows its first line, a comment
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from nbformat import NotebookNode
from notebook_guards import Notebook

PROMPT = "# Write one line here"
LESSONS = {f"{number:02}" for number in range(1, 8)}

_HEADING = re.compile(r"## Exercise\b")
_SELF_CHECK = re.compile(r"exercises\.(\w+)\(lab\)")
_UNFOLDS = re.compile(r"<details>\s*<summary>[^<]+</summary>\n\n.+\n\n</details>", re.DOTALL)


def ends_with_exercises(notebook: Notebook) -> Iterator[str]:
    """Yields a complaint for a lesson without one or two exercises, and for each missing part."""
    cells = notebook.content.cells
    starts = [n for n, cell in enumerate(cells) if _HEADING.match(cell.source)]
    wanted = (1, 2) if notebook.path.name[:2] in LESSONS else (0,)
    if len(starts) not in wanted:
        yield f"it has {len(starts)} exercises, not {' or '.join(map(str, wanted))}"
    for start, end in pairwise([*starts, len(cells)]):
        heading, *section = cells[start:end]
        for complaint in _missing(section):
            yield f"{heading.source.splitlines()[0]!r}: {complaint}"


def _missing(section: list[NotebookNode]) -> Iterator[str]:
    matches = [_SELF_CHECK.fullmatch(cell.source.strip()) for cell in section]
    checks = [(index, match[1]) for index, match in enumerate(matches) if match]
    if len(checks) != 1:
        yield f"it has {len(checks)} self-checks, not one"
        return
    [(at, name)] = checks
    if not at or not section[at - 1].source.strip().splitlines()[-1].startswith(PROMPT):
        yield f"before its self-check there is no cell that ends with {PROMPT!r}"
    if "○" not in _shown(section[at]):
        yield "its self-check is not stored unsolved"
    hint, solution, *rest = [*section[at + 1 :], None, None]
    if hint is None or hint.cell_type != "markdown" or not _UNFOLDS.search(hint.source):
        yield "after its self-check there is no hint that unfolds"
    if solution is None or f"\nexercises.{name}(lab).require()" not in solution.source:
        yield "after its hint there is no solution that ends with its self-check"
        return
    if not solution.metadata.get("jupyter", {}).get("source_hidden"):
        yield "its solution is not folded"
    if not solution.source.startswith("#"):
        yield "its solution begins with code, and folding shows the first line"
    if "✓ Solved" not in _shown(solution):
        yield "its solution is not stored as solved"
    if any(cell is not None and cell.cell_type == "code" for cell in rest):
        yield "code follows its solution"


def _shown(cell: NotebookNode) -> str:
    """The text of a cell's outputs."""
    return "".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "")
        for output in cell.get("outputs", [])
    )
