"""An exercise of a lesson, done in this process as a learner does it.

Only the lesson's first cell and the exercise's own cells run, so an exercise that needs another cell
fails. The state after its start is kept, and loaded before each try.
"""

from typing import Any

import nbformat
import pytest
from exercise_guard import parts, solution_of, with_lines
from local_taskrouter.http.server import EmulatorServer

import helpers
from helpers.exercises import SelfCheck
from helpers.session.session import Session
from tools.refresh import NOTEBOOKS

HEADINGS = ("## Exercise: ", "## Case: ")


class OpenExercise:
    """The exercise `title` of the notebook `lesson`. Its start cells have run."""

    def __init__(self, lesson: str, title: str, session: Session) -> None:
        notebook = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
        first = next(cell for cell in notebook.cells if cell.cell_type == "code")
        cells = _section(notebook.cells, title)
        self.preparation, prompt, self.self_check = parts(
            [cell for cell in cells if cell.cell_type == "code"]
        )
        self.prompt = prompt.source
        [self.solution] = filter(None, map(solution_of, cells))
        self.names: dict[str, Any] = {"display": lambda *_: None}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(helpers, "connect", lambda *_: session, raising=False)
            self._run(first.source)
        self.begin()

    def begin(self) -> None:
        """Run the exercise's start cells."""
        for cell in self.preparation:
            self._run(cell.source)

    def write(self, lines: str) -> Exception | None:
        """Run the learner's cell with these lines; return the error that the learner sees."""
        try:
            self._run(with_lines(self.prompt, lines))
        except Exception as error:  # noqa: BLE001 - a learner may write anything
            return error
        return None

    def check(self) -> SelfCheck:
        """Run the self-check."""
        self._run(f"self_check = {self.self_check}")
        return self.names["self_check"]

    def attempt(self, lines: str) -> SelfCheck:
        """Run the learner's cell with these lines, then the self-check."""
        self.write(lines)
        return self.check()

    def _run(self, source: str) -> None:
        exec(source, self.names)  # noqa: S102 - as the notebook's kernel does


class Exercises:
    """Opens exercises; each is started once and then restored."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._opened: dict[
            tuple[str, str], tuple[OpenExercise, dict[str, Any], dict[str, Any]]
        ] = {}

    def open(self, lesson: str, title: str, emulator: EmulatorServer) -> OpenExercise:
        key = (lesson, title)
        if key not in self._opened:
            exercise = OpenExercise(lesson, title, self._session)
            state = emulator.taskrouter.export_state()
            self._opened[key] = exercise, state, dict(exercise.names)
        exercise, state, names = self._opened[key]
        emulator.taskrouter.import_state(state)
        exercise.names = dict(names)
        self._session.requests.mark()
        return exercise


def _section(cells: list[Any], title: str) -> list[Any]:
    headings = tuple(heading + title for heading in HEADINGS)
    start = next(n for n, cell in enumerate(cells) if cell.source.startswith(headings))
    later = [n for n, cell in enumerate(cells) if n > start and cell.source.startswith("## ")]
    return cells[start : later[0] if later else None]


def every_exercise() -> list[tuple[str, str]]:
    """The lesson and the title of every exercise."""
    return [
        (path.stem, cell.source.splitlines()[0].partition(": ")[2])
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        if cell.source.startswith(HEADINGS)
    ]
