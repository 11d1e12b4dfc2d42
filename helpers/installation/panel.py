"""Show in a notebook whether everything is installed, and how to fix what is not."""

from pathlib import Path

from helpers.display.table import Table, table
from helpers.installation.parts import Part, installed_parts


class Installation:
    """The result of the check: a sentence, and a table of what is wrong, if anything is."""

    def __init__(self, parts: list[Part]) -> None:
        self.wrong = [part for part in parts if part.verdict != "ok"]

    @property
    def is_sound(self) -> bool:
        return not self.wrong

    @property
    def table(self) -> Table:
        """Each part that is wrong, and its fix."""
        rows = [[part.name, part.verdict, part.fix] for part in self.wrong]
        return table(["part", "verdict", "fix"], rows)

    def __repr__(self) -> str:
        if self.is_sound:
            return "Everything is installed."
        return f"Not installed correctly. Do what the column 'fix' says, then run this again.\n{self.table}"


def check_installation() -> Installation:
    """Check this kernel's Python, every package that the project declares, and JupyterLab."""
    return Installation(installed_parts(Path.cwd()))
