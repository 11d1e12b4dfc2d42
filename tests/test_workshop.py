"""The times, files and commands in WORKSHOP.md agree with the repository, and so do its values."""

import re
from pathlib import Path

import pytest
import yaml

CLONE = Path(__file__).parent.parent
WORKSHOP = (CLONE / "WORKSHOP.md").read_text("utf-8")
README = (CLONE / "README.md").read_text("utf-8")
VALUES = yaml.safe_load((CLONE / "examples/zero-to-jupyterhub/values.yaml").read_text("utf-8"))
SHEETS = [
    [
        (int(begin), int(end), re.findall(r"\((notebooks/.*?)\)", what))
        for begin, end, what in re.findall(r"^\| (\d+)–(\d+) \| (.*?) \|", sheet, re.MULTILINE)
    ]
    for sheet in re.split("^### ", WORKSHOP, flags=re.MULTILINE)[1:3]
]
MINUTES = {
    name: int(minutes)
    for name, minutes in re.findall(r"\((notebooks/.*?)\) \|.*\| (\d+) \|$", README, re.MULTILINE)
}


@pytest.mark.parametrize(("sheet", "minutes"), list(zip(SHEETS, (90, 240), strict=True)))
def test_run_sheet_has_no_gaps(sheet, minutes):
    begins, ends = [begin for begin, _, _ in sheet], [end for _, end, _ in sheet]
    assert begins == [0, *ends[:-1]]
    assert ends[-1] == minutes


def test_run_sheet_of_90_minutes_has_the_minutes_of_readme_without_exercises():
    [exercise] = re.findall(r"exercises, (\d+) minutes in each notebook", WORKSHOP)
    planned = {name: end - begin for begin, end, names in SHEETS[0] for name in names}
    assert planned == {name: MINUTES[name] - int(exercise) for name in planned}
    assert len(planned) == 5


def test_run_sheet_of_half_a_day_has_the_minutes_of_readme():
    planned = {names[0]: end - begin for begin, end, names in SHEETS[1] if len(names) == 1}
    assert planned == {name: MINUTES[name] for name in planned}
    assert len(planned) == 7
    [(begin, end, (build, debug, *program))] = [one for one in SHEETS[1] if len(one[2]) > 1]
    for choice in ([build], [debug], program):
        assert sum(MINUTES[name] for name in choice) <= end - begin


def test_every_lesson_has_help_for_an_attendee_who_is_stuck():
    [table] = re.findall("## When an attendee is stuck\n(.*?)\n## ", WORKSHOP, re.DOTALL)
    numbers = re.findall(r"^\| (\d\d) \|", table, re.MULTILINE)
    assert numbers == [Path(name).name[:2] for name in MINUTES]


def test_cluster_opens_a_lesson_and_guarantees_the_measured_memory():
    user = VALUES["singleuser"]
    assert (CLONE / user["defaultUrl"].removeprefix("/lab/tree/")).is_file()
    [measured] = re.findall(r"needed at most (\d+) MB", WORKSHOP)
    assert int(user["memory"]["guarantee"].removesuffix("M")) >= int(measured)
    assert user["storage"]["type"] == "none"  # a volume would cover the clone


def test_links_and_commands_exist():
    for file in re.findall(r"\]\((?!http)(.*?)\)", WORKSHOP) + re.findall(
        r"`(bench.*?)`", WORKSHOP
    ):
        assert (CLONE / file).is_file(), file
    modules = re.findall(r"python -m helpers\.(\w+)", WORKSHOP)
    assert modules
    assert all((CLONE / "helpers" / f"{module}.py").is_file() for module in modules)
