import shutil
import site
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from helpers.installation import CLONE, parts
from helpers.installation.parts import Part, python_part
from helpers.installation.working_copy import copy_notebooks


def package_part(requirement: str) -> Part:
    return parts.package_part(Requirement(requirement))


def part_of(folder: Path, name: str) -> Part:
    [part] = [part for part in parts.installed_parts(folder) if part.name == name]
    return part


def test_python_outside_the_range_is_wrong():
    part = python_part("3.10.2", ">=3.11")
    assert part.verdict == "3.10.2 is not >=3.11"
    assert "Python >=3.11" in part.fix
    assert python_part("3.13.0", ">=3.11") == Part("Python")


def test_missing_package_is_not_installed():
    part = package_part("no-such-package-here>=1")
    assert part.verdict == "not installed"
    assert (
        part.fix
        == f'"{sys.executable}" -m pip install -e "{CLONE / "local-taskrouter"}" -e "{CLONE}"'
    )


def test_package_outside_the_range_is_wrong():
    version = metadata.version("twilio")
    assert package_part("twilio>=9999").verdict == f"{version} is not >=9999"
    assert package_part("twilio>=1") == Part("twilio")


def test_broken_package_cannot_be_imported(monkeypatch):
    def fail(name: str) -> None:
        raise ImportError("libfoo is missing")

    monkeypatch.setattr(parts, "import_module", fail)
    part = package_part("twilio>=1")
    assert part.verdict == "cannot be imported: ImportError: libfoo is missing"
    assert part.fix.endswith('--force-reinstall "twilio>=1"')


def test_package_from_the_user_site_is_wrong_in_an_environment(monkeypatch):
    folder = str(metadata.distribution("twilio").locate_file(""))
    monkeypatch.setattr(site, "getusersitepackages", lambda: folder)
    monkeypatch.setattr(sys, "base_prefix", "/elsewhere")
    assert package_part("twilio").verdict == f"comes from {folder}"
    assert "PYTHONNOUSERSITE=1" in package_part("twilio").fix
    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    assert package_part("twilio") == Part("twilio")


def test_missing_widget_extension_is_reported(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(site, "getuserbase", lambda: str(tmp_path))
    part = part_of(CLONE, "controls in JupyterLab")
    assert "jupyterlab_widgets is missing" in part.verdict
    assert part.fix.endswith("jupyterlab_widgets")


@pytest.mark.parametrize(
    ("version", "required", "is_ok"),
    [
        ("9.13.0", ">=9.3,<10", True),
        ("9.13.0", "<10,>=9.3", True),
        ("9.3", ">=9.3.0", True),
        ("9.2.9", ">=9.3,<10", False),
        ("9.10.0", ">=9.9,<10", True),
        ("9.4.0rc1", ">=9.3,<10", True),
        ("10.0", ">=9.3,<10", False),
        ("10.0.0rc1", ">=9.3,<10", False),
        ("3.1.0+local", ">=3", True),
        ("1", "", True),
    ],
)
def test_version_is_compared_as_pip_does(version, required, is_ok):
    assert (python_part(version, required).verdict == "ok") is is_ok


def test_tutorial_that_is_not_installed_comes_first(monkeypatch):
    monkeypatch.setattr(parts, "PROJECTS", ("no-such-package-here",))
    found = parts.installed_parts(CLONE)
    assert found[0].verdict == "not installed"


@pytest.mark.parametrize("below", ["", "notebooks"])
def test_helpers_of_another_clone_are_wrong(tmp_path: Path, below: str):
    for package in ("helpers", "local-taskrouter/local_taskrouter"):
        (tmp_path / package).mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    part = part_of(tmp_path / below, "helpers of this clone")
    assert part.verdict == f"they come from {CLONE}"
    assert part.fix.endswith(f'-m pip install -e "{tmp_path / "local-taskrouter"}" -e "{tmp_path}"')


def test_fix_asks_the_host_where_the_learner_cannot_install(tmp_path: Path, monkeypatch):
    for package in ("helpers", "local-taskrouter/local_taskrouter"):
        (tmp_path / package).mkdir(parents=True)
    monkeypatch.setattr(parts.os, "access", lambda path, _: path != sys.prefix)
    fix = part_of(tmp_path, "helpers of this clone").fix
    assert fix == f"Ask the host to install the tutorial that is in {tmp_path}"


def test_copy_of_this_clone_is_ok_until_it_is_changed(tmp_path: Path):
    for package in ("helpers", "local-taskrouter"):
        shutil.copytree(CLONE / package, tmp_path / package)
    assert part_of(tmp_path, "helpers of this clone").verdict == "ok"
    (tmp_path / "helpers" / "checks.py").write_text("# newer\n")
    assert part_of(tmp_path, "helpers of this clone").verdict == f"they come from {CLONE}"


def test_working_copy_in_another_clone_is_ok(tmp_path: Path):
    for package in ("helpers", "local-taskrouter/local_taskrouter"):
        (tmp_path / package).mkdir(parents=True)
    copy_notebooks(tmp_path / "copy", update=False)
    assert part_of(tmp_path / "copy", "helpers of this clone").verdict == "ok"


def test_helpers_of_this_clone_are_ok_inside_and_outside_it(tmp_path: Path):
    assert part_of(CLONE / "notebooks", "helpers of this clone").verdict == "ok"
    assert part_of(tmp_path, "helpers of this clone").verdict == "ok"
