from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from helpers.refresh import WIDGET_VIEW, keep_equal_outputs, main, normalize, read_rules, refresh

RULES = read_rules()


def sid(letters: str, digit: int) -> str:
    return letters + f"{digit:x}" * 32


def notebook(*cells: str) -> NotebookNode:
    return new_notebook(cells=[new_code_cell(source) for source in cells])


def printed(*texts: str) -> NotebookNode:
    content = notebook(*texts)
    for cell, text in zip(content.cells, texts, strict=True):
        cell.outputs = [new_output("stream", name="stdout", text=text)]
    return content


def texts(content: NotebookNode) -> list[str]:
    return [output.text for cell in content.cells for output in cell.outputs]


def write(path: Path, content: NotebookNode) -> Path:
    nbformat.write(content, path)
    return path


def test_an_equal_output_is_kept():
    stored = printed(f"{sid('WT', 1)} at 2026-01-01T00:00:00Z on http://127.0.0.1:1 for 3 s\n")
    fresh = printed(f"{sid('WT', 2)} at 2026-02-02T00:00:00Z on http://127.0.0.1:22 for 12 s\n")
    keep_equal_outputs(stored, fresh, RULES)
    assert texts(fresh) == texts(stored)


def test_a_changed_output_is_taken_and_names_what_the_kept_ones_name():
    stored = printed(sid("WT", 1), "pending")
    fresh = printed(sid("WT", 2), f"reserved {sid('WT', 2)} {sid('WR', 3)}")
    keep_equal_outputs(stored, fresh, RULES)
    assert texts(fresh) == [sid("WT", 1), f"reserved {sid('WT', 1)} {sid('WR', 3)}"]


def test_sids_are_matched_in_whatever_order_the_formats_of_an_output_come():
    def shown(first: int, second: int, reverse: bool) -> NotebookNode:
        data = {"text/html": f"<b>{sid('WT', first)}</b>", "text/plain": sid("WT", second)}
        content = notebook("show", "print")
        data = dict(reversed(data.items())) if reverse else data
        content.cells[0].outputs = [new_output("display_data", data)]
        return content

    stored, fresh = shown(1, 2, reverse=False), shown(3, 4, reverse=True)
    fresh.cells[1].outputs = [new_output("stream", name="stdout", text=sid("WT", 3))]
    keep_equal_outputs(stored, fresh, RULES)
    assert texts(NotebookNode(cells=fresh.cells[1:])) == [sid("WT", 1)]


def test_what_differs_between_machines_is_not_stored():
    content = notebook("1", "2")
    content.metadata = {
        "widgets": {},
        "kernelspec": {"name": "venv"},
        "language_info": {"version": "3"},
    }
    content.cells[0].metadata = {"execution": {"iopub.status.busy": "now"}, "tags": ["a"]}
    content.cells[0].outputs = [
        new_output("display_data", {WIDGET_VIEW: {"model_id": "1"}, "text/plain": "Button()"}),
        new_output("error", ename="ValueError", evalue="no", traceback=["/home/ann/x.py"]),
    ]
    normalize(content)
    assert content.metadata.kernelspec.name == "python3"
    assert set(content.metadata) == {"kernelspec", "language_info"}
    assert content.metadata.language_info == {"name": "python"}
    first = content.cells[0]
    assert first.metadata == {"tags": ["a"]}
    assert first.outputs[0].data == {"text/plain": "Button()"}
    assert first.outputs[1].traceback == ["ValueError: no"]
    assert [cell.execution_count for cell in content.cells] == [1, 2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(
        tmp_path / "lesson.ipynb",
        notebook(
            "import os, secrets, sys, ipywidgets",
            "print('WT' + secrets.token_hex(16))",
            "print(os.environ.get('TWILIO_AUTH_TOKEN'), 'taskrouter' in os.environ['TASKROUTER_HOME'])",
            "print(os.listdir())",
            "ipywidgets.Button(description='Go')",
            "os.environ['TASKROUTER_HOME']",
        ),
    )


def test_a_second_refresh_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")
    rules = [*RULES, (r"'.*taskrouter'", "<HOME>")]
    ids = [cell.id for cell in nbformat.read(path, 4).cells]

    assert refresh(path, rules)
    first = path.read_text("utf-8")
    assert not refresh(path, rules)
    assert path.read_text("utf-8") == first

    content = nbformat.read(path, 4)
    assert [cell.id for cell in content.cells] == ids
    assert [cell.execution_count for cell in content.cells] == [1, 2, 3, 4, 5, 6]
    assert content.cells[2].outputs[0].text == "None True\n"
    assert content.cells[3].outputs[0].text == "['lesson.ipynb']\n"
    assert content.cells[4].outputs[0].data.keys() == {"text/plain"}
    assert not Path(content.cells[5].outputs[0].data["text/plain"].strip("'")).exists()


def test_a_notebook_with_a_failing_cell_is_left_alone(path: Path, capsys: pytest.CaptureFixture):
    write(path, notebook("1 / 0"))
    before = path.read_bytes()
    with pytest.raises(CellExecutionError):
        refresh(path, RULES)
    assert main([str(path)]) == 1
    assert "lesson.ipynb: failed" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_one_line_is_printed_for_each_notebook(path: Path, capsys: pytest.CaptureFixture):
    write(path, notebook("1 + 1"))
    assert main([str(path)]) == 0
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == "lesson.ipynb: refreshed\nlesson.ipynb: unchanged\n"
