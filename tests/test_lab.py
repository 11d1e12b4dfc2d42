import os

import pytest

from helpers import lab


def test_jupyterlab_opens_the_first_notebook_of_the_clone():
    assert f"--ServerApp.root_dir={lab.CLONE}" in lab.arguments()
    assert f"--LabApp.default_url=/lab/tree/{lab.FIRST_NOTEBOOK}" in lab.arguments()
    assert (lab.CLONE / lab.FIRST_NOTEBOOK).is_file()


def test_options_are_passed_to_jupyterlab():
    assert lab.arguments(["--no-browser", "--port", "8899"])[-3:] == [
        "--no-browser",
        "--port",
        "8899",
    ]


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_only_root_gets_allow_root(monkeypatch, user, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    assert ("--allow-root" in lab.arguments()) is allowed


def test_windows_never_gets_allow_root(monkeypatch):
    monkeypatch.delattr(os, "geteuid", raising=False)
    assert "--allow-root" not in lab.arguments()


def test_clone_without_notebooks_raises_with_the_install_command(tmp_path):
    with pytest.raises(FileNotFoundError, match="pip install -e"):
        lab.arguments(clone=tmp_path)
