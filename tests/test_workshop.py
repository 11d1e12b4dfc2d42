"""The times, files and commands in WORKSHOP.md agree with the repository."""

import re
from pathlib import Path

CLONE = Path(__file__).parent.parent
WORKSHOP = (CLONE / "WORKSHOP.md").read_text("utf-8")
README = (CLONE / "README.md").read_text("utf-8")
PLAN = [
    (int(begin), int(end), what)
    for begin, end, what in re.findall(r"^\| (\d+)–(\d+) \| (.*?) \|", WORKSHOP, re.MULTILINE)
]


def test_plan_fills_90_minutes_without_gaps():
    begins, ends = [begin for begin, _, _ in PLAN], [end for _, end, _ in PLAN]
    assert begins == [0, *ends[:-1]]
    assert ends[-1] == 90


def test_plan_has_the_minutes_of_readme_without_exercises():
    [minutes] = re.findall(r"exercises, (\d+) minutes in each notebook", WORKSHOP)
    planned = {
        name: end - begin
        for begin, end, what in PLAN
        for name in re.findall(r"\((notebooks/.*?)\)", what)
    }
    expected = {
        name: int(total) - int(minutes)
        for name, total in re.findall(r"\((notebooks/.*?)\) \|.*\| (\d+) \|$", README, re.MULTILINE)
    }
    assert planned == {name: expected[name] for name in planned}
    assert len(planned) == 5


def test_links_and_commands_exist():
    for file in re.findall(r"\]\((?!http)(.*?)\)", WORKSHOP) + re.findall(
        r"`(bench.*?)`", WORKSHOP
    ):
        assert (CLONE / file).is_file(), file
    modules = re.findall(r"python -m helpers\.(\w+)", WORKSHOP)
    assert modules
    assert all((CLONE / "helpers" / f"{module}.py").is_file() for module in modules)
