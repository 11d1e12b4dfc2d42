"""Both wheels: what they hold, and how they work in clean environments, installed without a network."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from installing import skip_outside_ci
from lab_process import running_lab
from readme_blocks import blocks

CLONE = Path(__file__).resolve().parents[2]
PIP_SECONDS = 300
TUTORIAL_ONLY = {"jupyterlab", "notebook", "ipykernel", "pandas", "ipywidgets"}
SUFFIXES = {".css", ".html", ".ipynb", ".js", ".json", ".py", ".svg", ".toml"}
FOLDERS = {  # of the clone in each wheel, and where they are there
    "local_taskrouter": {"local-taskrouter/local_taskrouter": "local_taskrouter"},
    "taskrouter_notebooks": {
        "helpers": "helpers",
        "notebooks": "helpers/notebooks",
        "examples/agent-desk": "helpers/agent-desk",
    },
}
ABOUT = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
# What Python, npm, JupyterLab and a learner leave in a clone.
JUNK = (
    "examples/agent-desk/node_modules/esbuild/lib/main.js",
    "examples/agent-desk/page/bundle.js",
    "helpers/__pycache__/lab.cpython-311.pyc",
    "local-taskrouter/local_taskrouter/__pycache__/sids.cpython-311.pyc",
    "notebooks/.ipynb_checkpoints/00-start-here-checkpoint.ipynb",
    "notebooks/taskrouter-notebooks/00-start-here.ipynb",
    "taskrouter-notebooks/00-start-here.ipynb",
)


def run(*command: str | Path, cwd: Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a program outside this project, without the settings of this test run."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PIP_QUIET")
    }
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def pip(python: Path, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run this environment's pip for another one."""
    command = [sys.executable, "-m", "pip", "--python", python, *arguments]
    return run(*command, cwd=cwd, timeout=PIP_SECONDS)


def environment(folder: Path, *options: str | Path) -> Path:
    """Create a virtual environment and install into it; return the folder of its programs."""
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    done = pip(
        programs / "python", "install", "--no-compile", "--quiet", *options, cwd=folder.parent
    )
    if done.returncode:
        skip_outside_ci(f"pip could not install {options}: {done.stderr[-300:]}")
    return programs


@pytest.fixture(scope="module")
def build_tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with hatchling."""
    return environment(tmp_path_factory.mktemp("build") / "venv", "hatchling") / "python"


def build(build_tool: Path, clone: Path, out: Path) -> dict[str, Path]:
    """Build both wheels of `clone`; return the file of each by the name of its package."""
    for project in (clone / "local-taskrouter", clone):
        done = run(build_tool, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=project)
        assert done.returncode == 0, done.stdout + done.stderr
    return {wheel.name.partition("-")[0]: wheel for wheel in out.glob("*.whl")}


@pytest.fixture(scope="module")
def wheels(build_tool: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build(build_tool, CLONE, tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="module")
def wheelhouse(wheels: dict[str, Path]) -> Path:
    """A folder with both wheels, pytest-xdist, and the wheels that they need."""
    [folder] = {wheel.parent for wheel in wheels.values()}
    python = Path(sys.executable)
    done = pip(
        python, "download", "-d", folder, *wheels.values(), "pytest-xdist", "--quiet", cwd=folder
    )
    if done.returncode:
        skip_outside_ci(f"pip could not download packages: {done.stderr[-300:]}")
    return folder


@pytest.fixture(scope="module")
def programs(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with local-taskrouter, pytest-xdist and what they need."""
    offline = ("--no-index", "--find-links", wheelhouse)
    folder = tmp_path_factory.mktemp("local-taskrouter")
    return environment(folder / "venv", *offline, "local-taskrouter", "pytest-xdist")


@dataclass(frozen=True)
class Learner:
    """A learner with the tutorial in an environment, an empty folder, and no clone."""

    programs: Path
    folder: Path

    def run(self, program: str, *arguments: str, cwd: str = ".") -> str:
        """Run a program, and return what it prints."""
        done = run(self.programs / program, *arguments, cwd=self.folder / cwd)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def learner(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Learner]:
    offline = ("--no-index", "--find-links", wheelhouse)
    scratch = tmp_path_factory.mktemp("learner")
    learner = Learner(
        environment(scratch / "venv", *offline, "taskrouter-notebooks"), scratch / "work"
    )
    learner.folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TASKROUTER_HOME", str(scratch / "home"))
        yield learner
        learner.run("local-taskrouter", "stop")


def test_readme_example_passes_in_parallel_with_the_installed_plugin(programs, tmp_path):
    example = blocks("python")[0]
    for number in range(6):
        (tmp_path / f"test_example_{number}.py").write_text(example, "utf-8")
    done = run(programs / "python", "-m", "pytest", "-q", "-n", "3", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


def test_top_conftest_may_name_the_plugin_too(programs, tmp_path):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["local_taskrouter.pytest_plugin"]')
    test = (
        "def test_url(taskrouter):\n    assert taskrouter.url == taskrouter.env['TASKROUTER_URL']\n"
    )
    (tmp_path / "test_url.py").write_text(test)
    done = run(programs / "python", "-m", "pytest", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_environment_has_no_package_that_only_the_tutorial_needs(programs, tmp_path):
    listed = pip(programs / "python", "list", "--format=json", cwd=tmp_path)
    installed = {package["name"].lower() for package in json.loads(listed.stdout)}
    assert {"local-taskrouter", "pytest", "twilio"} <= installed
    assert not installed & TUTORIAL_ONLY


@pytest.mark.parametrize("command", [["local-taskrouter"], ["python", "-m", "local_taskrouter"]])
def test_help_names_the_command_that_was_typed(programs, tmp_path, command):
    program, *arguments = command
    done = run(programs / program, *arguments, "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: {' '.join(command)} ")


@pytest.mark.parametrize("package", FOLDERS)
def test_wheel_holds_the_package_and_nothing_else(wheels, package):
    expected = {
        f"{there}/{path.relative_to(CLONE / here).as_posix()}"
        for here, there in FOLDERS[package].items()
        for path in (CLONE / here).rglob("*.*")
        if path.suffix in SUFFIXES and not path.parent.name.startswith(".")
    }
    with zipfile.ZipFile(wheels[package]) as wheel:
        names = set(wheel.namelist())
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == expected
    assert {name.partition(".dist-info/")[2] for name in about} == ABOUT


def test_same_source_gives_the_same_bytes_wherever_it_is(build_tool, wheels, tmp_path):
    clone = tmp_path / "elsewhere"
    for name in ("helpers", "notebooks", "examples", "local-taskrouter"):
        shutil.copytree(CLONE / name, clone / name, copy_function=shutil.copyfile)  # new times
    for name in ("pyproject.toml", "LICENSE", ".gitignore", "README.md"):
        shutil.copyfile(CLONE / name, clone / name)
    for name in JUNK:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).touch()
    for path in clone.rglob("*.py"):
        path.chmod(0o600)
    again = build(build_tool, clone, tmp_path / "again")
    assert {name: wheel.read_bytes() for name, wheel in again.items()} == {
        name: wheel.read_bytes() for name, wheel in wheels.items()
    }


def test_preflight_is_green_in_an_empty_folder(learner):
    assert learner.run("python", "-m", "helpers.preflight").startswith("Ready: ")


def test_command_copies_the_notebooks_and_opens_the_first(learner, tmp_path):
    with running_lab(tmp_path, learner.folder, learner.programs / "taskrouter-notebooks") as lab:
        url, headers = lab["url"], {"Authorization": f"token {lab['token']}"}
        shown = requests.get(f"{url}api/contents/", headers=headers, timeout=30).json()["content"]
        page = requests.get(url, headers=headers, timeout=30)
    copied = sorted(path.name for path in (learner.folder / "taskrouter-notebooks").glob("*.ipynb"))
    assert sorted(file["path"] for file in shown) == copied
    assert copied == sorted(path.name for path in (CLONE / "notebooks").glob("*.ipynb"))
    assert page.url.endswith("/lab/tree/00-start-here.ipynb")


def test_first_notebook_finds_everything_installed(learner):
    (learner.folder / "mine").mkdir(exist_ok=True)
    shutil.copy(CLONE / "notebooks" / "00-start-here.ipynb", learner.folder / "mine")
    learner.run("jupyter", "execute", "--inplace", "00-start-here.ipynb", cwd="mine")
    ran = (learner.folder / "mine" / "00-start-here.ipynb").read_text("utf-8")
    assert "Everything is installed." in ran
