import json
import os
from pathlib import Path

import pytest

from helpers.installation import working_copy
from helpers.installation.working_copy import MANIFEST, CannotCopy, Copied, copy_notebooks

A, B, A_NEW, A_NEW_2 = "01-a.ipynb", "02-b.ipynb", "01-a-new.ipynb", "01-a-new-2.ipynb"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two notebooks of the tutorial."""
    return write(tmp_path / "source", {A: "a 1", B: "b 1"})


@pytest.fixture
def folder(tmp_path: Path, source: Path) -> Path:
    """A learner's copy of them, as it was delivered."""
    folder = tmp_path / "learner" / "copy"
    assert copy_notebooks(folder, update=False, source=source) == Copied(new=[A, B])
    return folder


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def files(folder: Path) -> dict[str, str]:
    """The text of each file but the manifest."""
    return {path.name: path.read_text() for path in folder.iterdir() if path.name != MANIFEST}


def test_new_folder_gets_every_notebook(folder):
    assert files(folder) == {A: "a 1", B: "b 1"}
    assert working_copy.is_working_copy(folder)


@pytest.mark.parametrize("update", [False, True])
def test_second_start_changes_nothing(folder, source, update):
    write(folder, {A: "a, run"})
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert copy_notebooks(folder, update=update, source=source) == Copied()
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_new_version_is_only_announced_without_update(folder, source):
    write(folder, {B: "b, run"})
    write(source, {A: "a 2", B: "b 2"})
    for _ in range(2):
        assert copy_notebooks(folder, update=False, source=source) == Copied(outdated=[A, B])
    assert files(folder) == {A: "a 1", B: "b, run"}


def test_update_replaces_an_unchanged_notebook_and_brings_a_new_version_beside_a_changed_one(
    folder, source
):
    write(folder, {A: "a, run"})
    write(source, {A: "a 2", B: "b 2"})
    copied = copy_notebooks(folder, update=True, source=source)
    assert copied == Copied(replaced=[B], beside={A: A_NEW})
    assert files(folder) == {A: "a, run", A_NEW: "a 2", B: "b 2"}
    assert copy_notebooks(folder, update=True, source=source) == Copied()


@pytest.mark.parametrize(
    ("learner", "expected"),
    [
        ({}, {A_NEW: "a 3"}),
        ({A_NEW: "a 2, run"}, {A_NEW: "a 2, run", A_NEW_2: "a 3"}),
    ],
)
def test_next_update_keeps_a_version_beside_that_was_changed_too(folder, source, learner, expected):
    write(folder, {A: "a, run"})
    for number, changes in ((2, {}), (3, learner)):
        write(folder, changes)
        write(source, {A: f"a {number}"})
        copy_notebooks(folder, update=True, source=source)
    assert files(folder) == {A: "a, run", B: "b 1", **expected}


def test_deleted_notebook_is_copied_again(folder, source):
    (folder / A).unlink()
    assert copy_notebooks(folder, update=False, source=source) == Copied(new=[A])


def test_version_beside_that_was_deleted_is_not_brought_again(folder, source):
    write(folder, {A: "a, run"})
    write(source, {A: "a 2"})
    copy_notebooks(folder, update=True, source=source)
    (folder / A_NEW).unlink()
    assert copy_notebooks(folder, update=True, source=source) == Copied()


def test_files_of_the_learner_are_kept_where_notebooks_were_never_copied(tmp_path, source):
    folder = write(tmp_path / "mine", {A: "mine", B: "b 1"})
    assert copy_notebooks(folder, update=False, source=source) == Copied(outdated=[A])
    assert copy_notebooks(folder, update=True, source=source) == Copied(beside={A: A_NEW})
    assert files(folder) == {A: "mine", A_NEW: "a 1", B: "b 1"}


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"01-a.ipynb": 1}', "null", "[" * 9999, "\x00"])
def test_with_an_unusable_manifest_every_notebook_counts_as_changed(folder, source, text):
    write(folder, {MANIFEST: text})
    write(source, {A: "a 2"})
    assert copy_notebooks(folder, update=True, source=source) == Copied(beside={A: A_NEW})
    assert files(folder) == {A: "a 1", A_NEW: "a 2", B: "b 1"}
    assert set(json.loads((folder / MANIFEST).read_bytes())) == {A, A_NEW, B}


@pytest.mark.parametrize("interrupted", range(3))
def test_interrupted_update_continues(folder, source, monkeypatch, interrupted):
    write(folder, {A: "a, run"})
    write(source, {A: "a 2", B: "b 2"})
    write_file, written = working_copy._write, []

    def stop(path: Path, content: bytes) -> None:
        if len(written) == interrupted:
            raise KeyboardInterrupt
        written.append(path.name)
        write_file(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(working_copy, "_write", stop)
        with pytest.raises(KeyboardInterrupt):
            copy_notebooks(folder, update=True, source=source)
    assert len(written) == interrupted
    copy_notebooks(folder, update=True, source=source)
    assert files(folder) == {A: "a, run", A_NEW: "a 2", B: "b 2"}
    assert copy_notebooks(folder, update=True, source=source) == Copied()


def test_full_disk_leaves_no_part_of_a_notebook(tmp_path, source, monkeypatch):
    def fail(draft: Path, content: bytes) -> None:
        draft.touch()
        raise OSError(28, "No space left on device", str(draft))

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(CannotCopy, match="No space left on device"):
        copy_notebooks(tmp_path / "full", update=False, source=source)
    assert list((tmp_path / "full").iterdir()) == []


def test_file_in_place_of_the_folder_is_reported(tmp_path, source):
    (tmp_path / "copy").write_text("mine")
    for name in ("copy", "copy/below"):
        with pytest.raises(CannotCopy, match=r"copy.*--folder FOLDER"):
            copy_notebooks(tmp_path / name, update=True, source=source)
    assert (tmp_path / "copy").read_text() == "mine"


def test_folder_in_place_of_a_notebook_is_reported(tmp_path, source):
    (tmp_path / "copy" / A).mkdir(parents=True)
    with pytest.raises(CannotCopy, match=rf"{A}.*--folder FOLDER"):
        copy_notebooks(tmp_path / "copy", update=True, source=source)
    assert (tmp_path / "copy" / A).is_dir()


def test_complete_folder_needs_no_permission_to_write(folder, source, monkeypatch):
    def fail(path: Path, content: bytes) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(working_copy, "_write", fail)
    assert copy_notebooks(folder, update=True, source=source) == Copied()
    (folder / A).unlink()
    with pytest.raises(CannotCopy, match=rf"{A}: Permission denied"):
        copy_notebooks(folder, update=True, source=source)


def test_notebooks_of_the_tutorial_are_opened_in_place(source):
    assert copy_notebooks(source, update=True, source=source) == Copied()
    assert sorted(os.listdir(source)) == [A, B]


def test_missing_notebooks_of_the_tutorial_are_reported(tmp_path):
    with pytest.raises(CannotCopy, match="pip install -e"):
        copy_notebooks(tmp_path / "copy", update=False, source=tmp_path)
    assert not (tmp_path / "copy").exists()
