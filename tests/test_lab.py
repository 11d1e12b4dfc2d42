import os
from pathlib import Path

import pytest

from helpers import lab
from helpers.installation import CLONE
from helpers.installation.working_copy import MANIFEST, NOTEBOOKS, Copied


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_notebooks_are_in_a_folder_below_the_current_one():
    assert lab.parse([]) == (Path("taskrouter-notebooks"), False, [])


def test_current_folder_is_used_if_it_has_the_notebooks(tmp_path):
    (tmp_path / MANIFEST).touch()
    assert lab.parse([])[0] == Path()


def test_options_are_passed_to_jupyterlab():
    options = ["--no-browser", "--port", "8899"]
    assert lab.parse(["--no-browser", "--update", "--folder", "~/x", "--port", "8899"]) == (
        Path.home() / "x",
        True,
        options,
    )
    assert lab.jupyterlab_arguments(Path(), options)[-3:] == options


def test_jupyterlab_opens_the_first_notebook(tmp_path):
    arguments = lab.jupyterlab_arguments(Path("copy"))
    assert f"--ServerApp.root_dir={tmp_path / 'copy'}" in arguments
    assert f"--LabApp.default_url=/lab/tree/{lab.FIRST_NOTEBOOK}" in arguments
    assert NOTEBOOKS == CLONE / "notebooks"
    assert (NOTEBOOKS / lab.FIRST_NOTEBOOK).is_file()


@pytest.mark.parametrize("before", [[], ["--update"]])
def test_folder_without_its_option_is_refused(capsys, before):
    with pytest.raises(SystemExit) as exit:
        lab.parse([*before, "mine"])
    assert exit.value.code == 2
    assert "write --folder mine" in capsys.readouterr().err


def test_unusable_folder_ends_with_a_sentence_before_jupyterlab(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as exit:
        lab.main(["--folder", "file"])
    assert str(exit.value.code).startswith("file is a file. ")


def test_sentences_name_every_new_version(tmp_path):
    copied = Copied(new=["z"], replaced=["a", "b"], beside={"c": "c-new"}, outdated=["d", "e"])
    assert list(lab.sentences(Path(), Copied())) == [f"Your notebooks are in {tmp_path}."]
    assert list(lab.sentences(Path(), copied))[1:] == [
        "Replaced by new versions: a, b.",
        "You changed these, so they stay; the new versions are in c-new (beside c).",
        "There are new versions of d, e: `taskrouter-notebooks --update` brings them.",
    ]


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_only_root_gets_allow_root(monkeypatch, user, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    assert ("--allow-root" in lab.jupyterlab_arguments(Path())) is allowed


def test_windows_never_gets_allow_root(monkeypatch):
    monkeypatch.delattr(os, "geteuid", raising=False)
    assert "--allow-root" not in lab.jupyterlab_arguments(Path())
