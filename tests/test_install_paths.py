"""Binder and the dev container: these tests check their settings, not a full build."""

import json
import sys
from pathlib import Path

import pytest

CLONE = Path(__file__).parent.parent
CONTAINER = json.loads((CLONE / ".devcontainer" / "devcontainer.json").read_text("utf-8"))

# repo2docker imports a package by its old name.
pytestmark = pytest.mark.filterwarnings("ignore:pythonjsonlogger:DeprecationWarning")


@pytest.fixture
def binder(monkeypatch: pytest.MonkeyPatch):
    """What Binder will build the clone with, as its own repo2docker detects it."""
    if sys.platform == "win32":
        pytest.skip("repo2docker, which builds for Binder, does not run on Windows.")
    from repo2docker.app import Repo2Docker

    monkeypatch.chdir(CLONE)
    application = Repo2Docker()
    packs = (pack(application.base_image) for pack in application.buildpacks)
    return next(pack for pack in packs if pack.detect())


def test_binder_builds_with_conda_from_environment_yml(binder):
    assert type(binder).__name__ == "CondaBuildPack"
    assert binder.environment_yaml["name"] == "taskrouter-notebooks"
    assert f"python={binder.python_version}" in binder.environment_yaml["dependencies"]


def test_binder_installs_after_the_clone_is_there(binder):
    # `-e .` needs the clone. What repo2docker installs before it has copied that, it installs
    # from environment.yml alone.
    def installs(scripts):
        return [user for user, script in scripts if "env update" in script]

    assert installs(binder.get_preassemble_scripts()) == []
    assert installs(binder.get_assemble_scripts()) == ["${NB_USER}"]


def test_a_dev_container_has_the_python_that_binder_has(binder):
    assert CONTAINER["image"] == f"python:{binder.python_version}"


def test_a_dev_container_installs_as_readme_says_and_forwards_that_port():
    readme = (CLONE / "README.md").read_text("utf-8")
    assert f"{CONTAINER['postCreateCommand']} && python -m helpers.lab" in readme
    [port] = CONTAINER["forwardPorts"]
    assert list(CONTAINER["portsAttributes"]) == [str(port)]
    assert f"--no-browser --port {port}" in readme
