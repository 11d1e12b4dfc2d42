"""The parts of a lesson's exercise, in this order, under one heading:

* a Markdown cell with the heading `## Exercise: …`, or `## Case: …` in the lesson of ten cases, and
  any cells that prepare the exercise
* a code cell that ends with the comment PROMPT …, where the learner writes
* a code cell `exercises.name(lab)`: the self-check, stored unsolved. It may be the last line of the
  cell where the learner writes
* a Markdown cell with a hint and a solution, each of which unfolds. The solution is text, so that
  running the notebook does not solve the exercise
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from nbformat import NotebookNode
from notebook_guards import Notebook

PROMPT = "# Write "

CASES = {"08": 10}

_PROMPT = re.compile(rf"^[ \t]*{PROMPT}.*$", re.MULTILINE)
_HEADING = re.compile(r"## (?:Exercise|Case)\b")
_SELF_CHECK = re.compile(r"exercises\.\w+\(\w+\)")
_UNFOLDS = "<details>\n<summary>{}</summary>\n\n{}\n\n</details>"
_HINT = re.compile(_UNFOLDS.format("A hint", r"\S[^<]*\S"))
_SOLUTION = re.compile(_UNFOLDS.format("Show the solution", r"```python\n([^`]+)\n```"))


def solution_of(cell: NotebookNode) -> str | None:
    """The solution in a Markdown cell as Python code, None in any other cell."""
    found = _SOLUTION.search(cell.source) if cell.cell_type == "markdown" else None
    return found and found[1]


def parts(code_cells: Sequence[NotebookNode]) -> tuple[list[NotebookNode], NotebookNode, str]:
    """The cells that prepare an exercise, the cell where the learner writes, and the self-check."""
    at = max(n for n, cell in enumerate(code_cells) if _PROMPT.search(cell.source))
    return list(code_cells[:at]), code_cells[at], _last_line(code_cells[-1])


def with_lines(prompt: str, lines: str) -> str:
    """The cell where the learner writes, with the learner's lines."""
    *_, comment = _PROMPT.finditer(prompt)
    return f"{prompt[: comment.end()]}\n{lines}{prompt[comment.end() :]}"


def _last_line(cell: NotebookNode) -> str:
    return (cell.source.strip().splitlines() or [""])[-1]


def ends_with_exercises(notebook: Notebook) -> Iterator[str]:
    """Yields a complaint for a lesson without its number of exercises, and for each missing part."""
    cells, lesson = notebook.content.cells, notebook.path.name[:2]
    headings = [n for n, cell in enumerate(cells) if cell.source.startswith("## ")]
    sections = [
        cells[start:end]
        for start, end in pairwise([*headings, len(cells)])
        if _HEADING.match(cells[start].source)
    ]
    wanted = (CASES[lesson],) if lesson in CASES else (1, 2, 3)
    if len(sections) not in wanted:
        yield f"it has {len(sections)} exercises, not {' or '.join(map(str, wanted))}"
    for heading, *section in sections:
        for complaint in _missing(section):
            yield f"{heading.source.splitlines()[0]!r}: {complaint}"


def _missing(section: list[NotebookNode]) -> Iterator[str]:
    code = [cell.cell_type == "code" and _last_line(cell) for cell in section]
    checks = [n for n, line in enumerate(code) if line and _SELF_CHECK.fullmatch(line)]
    if len(checks) != 1:
        yield f"it has {len(checks)} self-checks, not one"
        return
    [at] = checks
    before = [*section[at].source.strip().splitlines()[-2:-1]]
    before += [_last_line(section[at - 1])] if at else []
    if not any(line.strip().startswith(PROMPT) for line in before):
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
