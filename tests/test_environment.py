"""environment.yml, pyproject.toml, README.md, .ci/run and the workflow agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

CLONE = Path(__file__).parent.parent
PROJECT = tomllib.loads((CLONE / "pyproject.toml").read_text("utf-8"))["project"]
ENVIRONMENT = yaml.safe_load((CLONE / "environment.yml").read_text("utf-8"))
NAMED = ["anywidget", "jupyterlab", "twilio", "ipywidgets", "pandas", "nbval", "jsonschema"]
LIMITS = {"jsonschema": "4.25"}  # the others are limited by a major version
RUN = "pip install -e ./local-taskrouter -e . && taskrouter-notebooks"
STYLE = "ruff check . && ruff format --check . && pyright"
TEST = 'pip install -e ./local-taskrouter -e ".[test]" && pytest'


def conda_packages() -> dict[str, SpecifierSet]:
    """The packages in environment.yml that conda installs, without Python and pip."""
    lines = [line for line in ENVIRONMENT["dependencies"] if isinstance(line, str)]
    named = [line.partition(" ") for line in lines if line != "pip" and "python=" not in line]
    return {name: SpecifierSet(versions) for name, _, versions in named}


def pip_packages() -> dict[str, SpecifierSet]:
    requirements = map(Requirement, PROJECT["dependencies"])
    return {requirement.name: requirement.specifier for requirement in requirements}


def fenced_lines(markdown: str) -> list[str]:
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", markdown, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()]


def python_of(text: str) -> list[str]:
    """The versions that Binder reads, with the pattern from repo2docker's buildpacks/conda."""
    return re.findall(r"python\s*=+\s*([\d.]*)", text)


def test_conda_installs_the_main_packages():
    assert list(conda_packages()) == NAMED


def test_conda_and_pip_require_the_same_versions():
    assert conda_packages() == {name: pip_packages()[name] for name in NAMED}


def test_conda_installs_the_clone_and_uses_one_channel():
    assert ENVIRONMENT["dependencies"][-1] == {"pip": ["-e ./local-taskrouter", "-e ."]}
    assert "pip" in ENVIRONMENT["dependencies"]
    assert ENVIRONMENT["channels"] == ["conda-forge", "nodefaults"]


def test_binder_reads_a_python_version_that_the_project_allows():
    [line] = [line for line in ENVIRONMENT["dependencies"] if str(line).startswith("python")]
    [version] = python_of(line)
    assert re.fullmatch(r"3\.\d+", version)
    assert version in SpecifierSet(PROJECT["requires-python"])


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_dependency_has_a_lower_bound_and_a_limit(requirement):
    required = Requirement(requirement)
    bounds = {bound.operator: bound.version for bound in required.specifier}
    assert set(bounds) == {">=", "<"}
    assert re.fullmatch(LIMITS.get(required.name, r"\d+"), bounds["<"])


def test_readme_contains_the_two_commands():
    lines = fenced_lines((CLONE / "README.md").read_text("utf-8"))
    assert RUN in lines
    assert TEST in lines


def test_contributing_names_existing_commands():
    text = (CLONE / "CONTRIBUTING.md").read_text("utf-8")
    assert TEST in fenced_lines(text)
    assert "python -m tools.refresh" in text
    for package, module in re.findall(r"python -m (helpers|tools)\.(\w+)", text):
        assert (CLONE / package / f"{module}.py").exists()


def test_ci_runs_the_test_command_of_the_readme():
    script = (CLONE / ".ci" / "run").read_text("utf-8")
    pattern = re.search(r"grep -E '(.+?)' README\.md", script)
    assert pattern
    lines = (CLONE / "README.md").read_text("utf-8").splitlines()
    assert [line for line in lines if re.search(pattern[1], line)] == [TEST]


def test_ci_and_the_workflow_check_style_and_types_as_contributing_describes():
    files = ("CONTRIBUTING.md", ".ci/run", ".github/workflows/tests.yml")
    assert all(STYLE in (CLONE / file).read_text("utf-8") for file in files)


def test_site_workflow_builds_as_contributing_describes_and_publishes_from_main_only():
    text = (CLONE / ".github" / "workflows" / "site.yml").read_text("utf-8")
    workflow = yaml.safe_load(text)
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    commands = [step["run"] for step in build["steps"] if "run" in step]
    described = fenced_lines((CLONE / "CONTRIBUTING.md").read_text("utf-8"))
    assert [command for command in commands if command not in described] == []
    assert workflow[True] == {"push": {"branches": ["main"]}, "pull_request": None}
    assert publish["if"] == "github.event_name == 'push'"
    assert not re.search(r"index-url|https?://", text)


def test_workflow_runs_the_test_command_on_oldest_and_newest_python():
    text = (CLONE / ".github" / "workflows" / "tests.yml").read_text("utf-8")
    workflow = yaml.safe_load(text)
    job = workflow["jobs"]["tests"]
    assert TEST in [step.get("run") for step in job["steps"]]
    assert {system.split("-")[0] for system in job["strategy"]["matrix"]["os"]} == {
        "ubuntu",
        "macos",
        "windows",
    }
    oldest, *_, newest = job["strategy"]["matrix"]["python"]
    assert f">={oldest}" == PROJECT["requires-python"]
    assert newest in SpecifierSet(PROJECT["requires-python"])
    assert "schedule" in workflow[True]  # YAML reads the key `on` as true
    assert not re.search(r"index-url|https?://", text)
