"""The settings of Binder and the dev container, without a full build."""

import json
import sys
from pathlib import Path

import pytest

CLONE = Path(__file__).parent.parent
CONTAINER = json.loads((CLONE / ".devcontainer" / "devcontainer.json").read_text("utf-8"))

# repo2docker imports a package by its deprecated name.
pytestmark = pytest.mark.filterwarnings("ignore:pythonjsonlogger:DeprecationWarning")


@pytest.fixture
def binder(monkeypatch: pytest.MonkeyPatch):
    """The build pack that repo2docker chooses for the clone, as Binder does."""
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


def test_binder_installs_after_copying_the_clone(binder):
    # `-e .` needs the clone, which repo2docker copies before the assemble scripts.
    def installs(scripts):
        return [user for user, script in scripts if "env update" in script]

    assert installs(binder.get_preassemble_scripts()) == []
    assert installs(binder.get_assemble_scripts()) == ["${NB_USER}"]


def test_dev_container_has_the_python_of_binder(binder):
    assert CONTAINER["image"] == f"python:{binder.python_version}"


def test_dev_container_installs_and_forwards_as_readme_describes():
    readme = (CLONE / "README.md").read_text("utf-8")
    assert f"{CONTAINER['postCreateCommand']} && taskrouter-notebooks" in readme
    [port] = CONTAINER["forwardPorts"]
    assert list(CONTAINER["portsAttributes"]) == [str(port)]
    assert f"taskrouter-notebooks --no-browser --port {port}" in readme
