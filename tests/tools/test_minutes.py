"""The minutes of a lesson: how they are computed, and that its notebook and README state them."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools.minutes import NOTEBOOKS, minutes

README = (NOTEBOOKS.parent / "README.md").read_text("utf-8")
STATED = {
    name: int(stated)
    for name, stated in re.findall(r"\(notebooks/(.*?)\) \|.*\| (\d+) \|$", README, re.MULTILINE)
}
FOLDED = "<details>\n<summary>Show the solution</summary>\n\n```python\n1\n2\n```\n\n</details>"


def test_prose_code_and_exercises_take_their_time():
    lesson = [
        new_markdown_cell("# " + "word " * 399),  # two minutes
        *[new_code_cell("exercises.ask('x')")] * 12,  # five
        new_code_cell("controls.floor(lab)"),  # one
        *[new_code_cell("1\n2\n3\n4\n5\n6\n7\n8\n9\n10")] * 6,  # three
    ]
    exercise = [
        new_markdown_cell("## Exercise: " + "word " * 198),  # one
        *[new_code_cell("# Write")] * 5,  # one
        new_markdown_cell(FOLDED),  # four
    ]
    after = [new_markdown_cell("## After\n" + "word " * 198)]  # one
    assert minutes(lesson + exercise + after) == (12, 18)


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebook_and_readme_state_the_estimate(path: Path):
    cells = nbformat.read(path, as_version=4).cells
    [stated] = re.findall(r"^\*\*Time:\*\* (\d+) minutes", cells[0].source, re.MULTILINE)
    assert STATED[path.name] == int(stated)
    _, estimate = minutes(cells)
    assert abs(int(stated) - estimate) <= 1  # a sentence more or less is no new estimate
