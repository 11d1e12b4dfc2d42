import shutil
import site
import sys
from importlib import metadata
from pathlib import Path

import pytest

from helpers.installation import parts
from helpers.installation.parts import CLONE, Part, package_part, python_part


def part_of(folder: Path, name: str) -> Part:
    [part] = [part for part in parts.installed_parts(folder) if part.name == name]
    return part


def test_a_python_outside_the_range():
    part = python_part("3.10.2", ">=3.11")
    assert part.verdict == "3.10.2 is not >=3.11"
    assert "Python >=3.11" in part.fix
    assert python_part("3.13.0", ">=3.11") == Part("Python")


def test_a_package_that_is_not_installed():
    part = package_part("no-such-package-here>=1")
    assert part.verdict == "not installed"
    assert (
        part.fix
        == f'"{sys.executable}" -m pip install -e "{CLONE / "local-taskrouter"}" -e "{CLONE}"'
    )


def test_a_package_outside_the_range():
    version = metadata.version("twilio")
    assert package_part("twilio>=9999").verdict == f"{version} is not >=9999"
    assert package_part("twilio>=1") == Part("twilio")


def test_a_package_that_cannot_be_imported(monkeypatch):
    def fail(name: str) -> None:
        raise ImportError("libfoo is missing")

    monkeypatch.setattr(parts, "import_module", fail)
    part = package_part("twilio>=1")
    assert part.verdict == "cannot be imported: ImportError: libfoo is missing"
    assert part.fix.endswith('--force-reinstall "twilio>=1"')


def test_a_package_of_the_users_own_folder_inside_an_environment(monkeypatch):
    folder = str(metadata.distribution("twilio").locate_file(""))
    monkeypatch.setattr(site, "getusersitepackages", lambda: folder)
    monkeypatch.setattr(sys, "base_prefix", "/elsewhere")
    assert package_part("twilio").verdict == f"comes from {folder}"
    assert "PYTHONNOUSERSITE=1" in package_part("twilio").fix
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    assert package_part("twilio") == Part("twilio")


def test_without_the_extension_controls_cannot_be_drawn(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(site, "getuserbase", lambda: str(tmp_path))
    part = part_of(CLONE, "controls in JupyterLab")
    assert "jupyterlab_widgets is missing" in part.verdict
    assert part.fix.endswith("jupyterlab_widgets")


@pytest.mark.parametrize(
    ("version", "wanted", "lies"),
    [
        ("9.13.0", ">=9.3,<10", True),
        ("9.13.0", "<10,>=9.3", True),
        ("9.3", ">=9.3.0", True),
        ("9.2.9", ">=9.3,<10", False),
        ("10.0", ">=9.3,<10", False),
        ("10.0.0rc1", ">=9.3,<10", False),
        ("3.1.0+local", ">=3", True),
        ("1", "", True),
    ],
)
def test_versions_are_compared_number_by_number(version, wanted, lies):
    assert (python_part(version, wanted).verdict == "ok") is lies


def test_a_tutorial_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(parts, "PROJECTS", ("no-such-package-here",))
    found = parts.installed_parts(CLONE)
    assert found[0].verdict == "not installed"


@pytest.mark.parametrize("below", ["", "notebooks"])
def test_helpers_of_another_clone(tmp_path: Path, below: str):
    for package in ("helpers", "local-taskrouter/local_taskrouter"):
        (tmp_path / package).mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    part = part_of(tmp_path / below, "helpers of this clone")
    assert part.verdict == f"they come from {CLONE}"
    assert part.fix.endswith(f'-m pip install -e "{tmp_path / "local-taskrouter"}" -e "{tmp_path}"')


def test_where_the_learner_cannot_install_the_host_must(tmp_path: Path, monkeypatch):
    for package in ("helpers", "local-taskrouter/local_taskrouter"):
        (tmp_path / package).mkdir(parents=True)
    monkeypatch.setattr(parts.os, "access", lambda path, _: path != sys.prefix)
    fix = part_of(tmp_path, "helpers of this clone").fix
    assert fix == f"Ask the host to install the tutorial that is in {tmp_path}"


def test_a_copy_of_this_clone_is_as_good_until_it_is_changed(tmp_path: Path):
    for package in ("helpers", "local-taskrouter"):
        shutil.copytree(CLONE / package, tmp_path / package)
    assert part_of(tmp_path, "helpers of this clone").verdict == "ok"
    (tmp_path / "helpers" / "checks.py").write_text("# newer\n")
    assert part_of(tmp_path, "helpers of this clone").verdict == f"they come from {CLONE}"


def test_helpers_of_this_clone_and_a_notebook_outside_any(tmp_path: Path):
    assert part_of(CLONE / "notebooks", "helpers of this clone").verdict == "ok"
    assert part_of(tmp_path, "helpers of this clone").verdict == "ok"
