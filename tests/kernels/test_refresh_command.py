"""`python -m tools.refresh` runs notebooks and stores their outputs."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools.refresh import main


def write(path: Path, *sources: str) -> Path:
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def test_second_refresh_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    (tmp_path / "notebooks").mkdir()
    lesson = write(
        tmp_path / "notebooks" / "lesson.ipynb",
        "import os, pathlib, secrets, ipywidgets",
        "print('WT' + secrets.token_hex(16))",
        "print(os.environ.get('TWILIO_AUTH_TOKEN'))",
        "print(os.listdir())",
        "ipywidgets.Button(description='Go')",
        "home = os.environ['TASKROUTER_HOME']\n"
        "written = pathlib.Path(os.environ['NOTE']).write_text(home)",
    )
    note = tmp_path / "home"
    monkeypatch.setenv("NOTE", str(note))
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")
    ids = [cell.id for cell in nbformat.read(lesson, 4).cells]

    assert main([str(lesson)]) == 0
    first = lesson.read_bytes()
    assert main([str(lesson)]) == 0
    assert lesson.read_bytes() == first
    assert capsys.readouterr().out == "lesson.ipynb: refreshed\nlesson.ipynb: unchanged\n"

    cells = nbformat.read(lesson, 4).cells
    assert [cell.id for cell in cells] == ids
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4, 5, 6]
    assert cells[2].outputs[0].text == "None\n"
    assert cells[3].outputs[0].text == "['lesson.ipynb']\n"
    assert cells[4].outputs[0].data.keys() == {"text/plain"}
    assert "taskrouter" in note.read_text()
    assert not Path(note.read_text()).exists()


def test_failing_notebook_is_unchanged_and_the_next_one_is_refreshed(
    tmp_path: Path, capsys: pytest.CaptureFixture
):
    failing = write(tmp_path / "failing.ipynb", "1 / 0")
    lesson = write(tmp_path / "lesson.ipynb", "1 + 1")
    before = failing.read_bytes()
    assert main([str(failing), str(lesson)]) == 1
    printed = capsys.readouterr()
    assert "failing.ipynb: failed" in printed.err and "ZeroDivisionError" in printed.err
    assert printed.out == "lesson.ipynb: refreshed\n"
    assert failing.read_bytes() == before
