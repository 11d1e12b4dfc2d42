"""Learners on one JupyterHub, all notebooks at once: ``python benchmarks/room.py [LEARNERS]``.

A real JupyterHub with users of this machine, created for the run and removed after it; needs root,
npm and `pip install -e ".[test]"`. Each learner's server runs every notebook, cell by cell and one
after the other, as JupyterLab would. Fails when a cell fails, and when a process is left. Reports
seconds, and memory as PSS, which counts shared memory once. `tests/room` asserts more of such a room.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

sys.path.append(str(Path(__file__).parents[1] / "tests" / "room"))

from hub_room import Room, missing_for_room, room

from tools.refresh import NOTEBOOKS

MB = 1024 * 1024


def main(count: int) -> None:
    if reason := missing_for_room():
        sys.exit(f"This machine cannot run a JupyterHub with several users: {reason}.")
    with room([sorted(NOTEBOOKS.glob("*.ipynb"))] * count) as opened:
        opened.open()
        opened.learn()
        opened.close()
    print("\n".join(report(opened)))


def report(room: Room) -> Iterator[str]:
    """The figures of a room that has been open, has learned and is closed."""
    learners, seconds = room.learners, room.seconds
    cells = sum(learner.cells for learner in learners)
    cpu_seconds = median(learner.cpu_seconds for learner in learners)
    notebooks = len({notebook for learner in learners for notebook in learner.notebooks})
    yield f"{len(learners)} learners, {notebooks} notebooks, {psutil.cpu_count()} CPUs"
    yield (
        f"  servers started in {seconds['open']:.0f} s, stopped in {seconds['close']:.0f} s, "
        "nothing left running"
    )
    yield f"  {cells} cells run in {seconds['learn']:.0f} s, none failed"
    yield f"  CPU of one learner {cpu_seconds:.0f} s; memory with one notebook open, median:"
    yield from _memory(room)


def _memory(room: Room) -> Iterator[str]:
    """One learner's memory at its maximum, by kind of process."""
    peaks = [
        max(learner.memory, key=lambda sizes: sum(sizes.values())) for learner in room.learners
    ]
    for kind in sorted({kind for sizes in peaks for kind in sizes}):
        yield _line(kind, [sizes.get(kind, 0) for sizes in peaks])
    yield _line("together", [sum(sizes.values()) for sizes in peaks])


def _line(name: str, sizes: list[int]) -> str:
    return f"  {name:10} {median(sizes) / MB:6.0f} MB, at most {max(sizes) / MB:.0f}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
