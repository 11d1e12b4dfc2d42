"""Every notebook passes every guard, and every guard can fail."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from exercise_guard import ends_with_exercises
from nbformat import NotebookNode
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    writes,
)
from notebook_guards import GUARDS as GENERAL
from notebook_guards import LOCAL_ACCOUNT_SID, Notebook

from tools.refresh import METADATA, WIDGET_VIEW

FOLDER = Path(__file__).parent.parent / "notebooks"
GUARDS = [*GENERAL, ends_with_exercises]
HINT = "<details>\n<summary>A hint</summary>\n\nAdd one.\n\n</details>"
SOLUTION = "<details>\n<summary>Show the solution</summary>\n\n```python\n1 + 1\n```\n\n</details>"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LESSONS = [
    "00-start-here",
    "01-alice-offline",
    "02-create-a-task",
    "03-alice-idle",
    "04-inspect-the-reservation",
    "05-accept-the-reservation",
    "06-build-your-own",
    "07-when-nobody-answers",
    "08-why-was-it-not-routed",
    "09-a-day-on-the-floor",
    "10-test-your-app",
    "11-the-agents-desk",
    "12-on-real-twilio",
]


def test_lessons_exist_in_their_order():
    assert [path.stem for path in NOTEBOOKS] == LESSONS


def complaints(notebook: Notebook) -> list[str]:
    """The complaints of every guard, each with the guard's name."""
    return [f"{guard.__name__}: {what}" for guard in GUARDS for what in guard(notebook)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_passes_every_guard(path: Path):
    found = complaints(Notebook.read(path))
    assert not found, "\n".join(["", *found])


Edit = Callable[[NotebookNode], object]


def displayed(**data: str) -> NotebookNode:
    return new_output("display_data", {key.replace("_", "/"): text for key, text in data.items()})


def code(content: NotebookNode) -> NotebookNode:
    return next(cell for cell in content.cells if cell.cell_type == "code")


def add_prose(text: str) -> Edit:
    return lambda content: content.cells.append(new_markdown_cell(text))


def replace_code(source: str) -> Edit:
    return lambda content: code(content).update(source=source)


def tag(*tags: str) -> Edit:
    return lambda content: code(content).metadata.update(tags=list(tags))


def store(*outputs: NotebookNode) -> Edit:
    return lambda content: code(content).update(outputs=list(outputs))


def store_printed(text: str) -> Edit:
    return store(new_output("stream", name="stdout", text=text))


def error(ename: str = "ValueError") -> NotebookNode:
    return new_output("error", ename=ename, evalue="", traceback=[])


def ignore_two(content: NotebookNode) -> None:
    for cell in content.cells[1:3]:
        cell.metadata["tags"] = ["nbval-ignore-output"]


BAD: list[tuple[str, Edit]] = [
    ("valid_format", lambda content: code(content).pop("id")),
    ("valid_format", lambda content: code(content).update(unknown=1)),
    ("valid_format", lambda content: content.update(nbformat_minor=4)),
    ("valid_format", lambda content: content.cells.append(content.cells[0])),
    ("python3_in_every_editor", lambda content: content.metadata.kernelspec.update(name="venv")),
    ("python3_in_every_editor", lambda content: content.metadata.kernelspec.pop("language")),
    ("python3_in_every_editor", lambda content: content.metadata.pop("kernelspec")),
    (
        "python3_in_every_editor",
        lambda content: content.metadata.language_info.pop("file_extension"),
    ),
    ("no_widget_state", lambda content: content.metadata.update(widgets={})),
    ("no_widget_state", store(new_output("display_data", {WIDGET_VIEW: {"model_id": "1"}}))),
    ("cells_counted_in_order", lambda content: code(content).update(execution_count=None)),
    ("cells_counted_in_order", lambda content: code(content).update(execution_count=7)),
    ("outputs_compared", ignore_two),
    ("outputs_compared", replace_code("# NBVAL_IGNORE_OUTPUT\n1")),
    ("outputs_compared", replace_code("#nbval".upper() + "_SKIP\n1")),
    ("outputs_compared", store(displayed(image_png="AAAA"))),
    ("answers_are_collapsed", replace_code("exercises.ask('who')")),
    (
        "floors_are_pictures",
        store(
            displayed(
                text_plain="A", text_html='<div class="taskrouter-floor x"><pre>A</pre></div>'
            )
        ),
    ),
    ("errors_are_expected", store(error())),
    ("errors_are_expected", store(new_output("stream", name="stderr", text="Deprecated"))),
    ("known_tags", tag("raise-exception")),
    ("known_tags", tag("nbval-skip")),
    ("no_secret", store_printed("token 0123456789abcdef0123456789abcdef")),
    ("no_secret", replace_code("connect('0123456789abcdef0123456789abcdef')")),
    ("no_secret", store_printed("AC0123456789abcdef0123456789abcdef")),
    ("no_secret", store_printed("AC10ca1000000000000000000000000001")),
    ("no_secret", store_printed("Authorization: Basic QUM=")),
    ("no_secret", store_printed("-H 'Basic QUMxMGNhMTAwMDAwMDAw'")),
    ("no_machine_path", store_printed("/home/ann/notebook")),
    ("no_machine_path", store_printed("File /root")),
    ("no_machine_path", store_printed("/Users/ann/x.py")),
    ("no_machine_path", store_printed(r"C:\Users\ann")),
    ("no_machine_path", store_printed("/tmp/ipykernel_12/34.py")),
    ("one_title", add_prose("# Another title")),
    ("one_title", lambda content: content.cells.pop(0)),
    ("one_title", lambda content: content.cells.insert(0, new_markdown_cell("Hello"))),
    ("links_to_neighbors", lambda content: content.cells.pop()),
    ("links_to_neighbors", add_prose("Next: [again](01-here.ipynb)")),
    ("links_to_neighbors", add_prose("[Previous: further](02-after.ipynb)")),
    ("relative_links_resolve", add_prose("[gone](gone.ipynb)")),
    ("relative_links_resolve", add_prose("![A picture](gone.svg)")),
    ("images_have_alternatives", add_prose("![](https://example.com/a.svg)")),
    ("images_have_alternatives", add_prose("<img src='a.svg'>")),
    ("images_have_alternatives", add_prose("<img src='a.svg' alt=''>")),
    ("images_have_alternatives", store(displayed(text_html="<svg><text>a</text></svg>"))),
    ("runs_unattended", replace_code("name = input('Name?')")),
    ("runs_unattended", replace_code("with widgets.Output() as area:\n    print()")),
    ("runs_unattended", replace_code("with out:\n    print()")),
    ("runs_unattended", replace_code("clear_output()")),
    ("right_size", lambda content: content.cells.pop(2)),
    ("right_size", lambda content: content.cells.extend([new_code_cell("1")] * 16)),
    ("right_size", replace_code("\n".join("1" * 16))),
    ("right_size", replace_code(" \n")),
    ("public_names_only", replace_code("import local_taskrouter")),
    ("public_names_only", replace_code("from helpers.session.connect import connect")),
    ("public_names_only", replace_code("from helpers import refresh")),
    ("public_names_only", replace_code("from helpers.simulation import floor")),
    ("shows_lifecycle_and_checks", replace_code("1")),
    ("shows_lifecycle_and_checks", lambda content: part(content, "self_check").update(source="1")),
    *[
        ("ends_with_exercises", edit)
        for edit in [
            lambda content: part(content, "heading").update(source="## Another section"),
            lambda content: content.cells.extend(exercise(20) + exercise(30) + exercise(40)),
            lambda content: part(content, "prompt").update(source="update()"),
            lambda content: part(content, "self_check").update(source="1"),
            lambda content: part(content, "self_check").update(outputs=[]),
            lambda content: part(content, "hint").update(source="Look it up."),
            lambda content: part(content, "hint").update(source="<details>Unclosed"),
            lambda content: part(content, "hint").update(source=HINT),
            lambda content: part(content, "hint").update(source=SOLUTION),
            lambda content: part(content, "hint").update(source=f"{HINT}\n\n{SOLUTION[10:]}"),
            lambda content: part(content, "hint").update(cell_type="raw"),
            lambda content: content.cells.append(new_code_cell("1")),
        ]
    ],
]


def exercise(first: int) -> list[NotebookNode]:
    """The cells of an exercise, with their names as ids; `first` is the prompt's number."""
    cells = [
        new_markdown_cell("## Exercise: one", id=f"heading{first}"),
        new_code_cell("# Write one line here: 1", execution_count=first, id=f"prompt{first}"),
        new_code_cell(
            "exercises.one(lab)",
            execution_count=first + 1,
            id=f"self_check{first}",
            outputs=[new_output("stream", name="stdout", text="○ Not yet solved")],
        ),
        new_markdown_cell(f"{HINT}\n\n{SOLUTION}", id=f"hint{first}"),
    ]
    return cells


def part(content: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in content.cells if cell.id.startswith(name))


def good_notebook() -> NotebookNode:
    sources = ["show_lifecycle('Task Created')", *["%time 1\nprint(2)"] * 6, "check('x', 1, 1)"]
    cells = [new_code_cell(source, execution_count=n) for n, source in enumerate(sources, 1)]
    content = new_notebook(
        cells=[
            new_markdown_cell("# Title\n```\n# not a title\n[x](nowhere)\n```"),
            *cells,
            *exercise(len(cells) + 1),
            new_markdown_cell(
                "[Previous: before](00-before.ipynb) | Next: [after](02-after.ipynb)"
            ),
        ],
        metadata=deepcopy(METADATA),
    )
    cells[0].outputs = [displayed(text_html="<svg><title>Alice</title></svg>", text_plain="Alice")]
    cells[1].outputs = [
        new_output("stream", name="stdout", text=f"{LOCAL_ACCOUNT_SID} WT{'0123456789abcdef' * 2}")
    ]
    cells[2].metadata.tags = ["raises-exception"]
    cells[2].outputs = [error()]
    cells[3].metadata.tags = ["nbval-ignore-output"]
    return content


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name in ("00-before", "01-here", "02-after"):
        (tmp_path / f"{name}.ipynb").write_text("{}", "utf-8")
    return tmp_path / "01-here.ipynb"


def saved(here: Path, content: NotebookNode) -> Notebook:
    here.write_text(writes(content), "utf-8")
    return Notebook.read(here)


def test_good_notebook_passes_every_guard(here: Path):
    assert complaints(saved(here, good_notebook())) == []


@pytest.mark.parametrize(
    ("name", "edit"), BAD, ids=[f"{name}-{n}" for n, (name, _) in enumerate(BAD)]
)
def test_guard_complains_about_a_bad_notebook(here: Path, name: str, edit: Edit):
    content = good_notebook()
    edit(content)
    [guard] = [guard for guard in GUARDS if guard.__name__ == name]
    assert list(guard(saved(here, content)))


def test_every_guard_has_a_bad_notebook():
    assert {guard.__name__ for guard in GUARDS} == {name for name, _ in BAD}
