"""What a room on a JupyterHub took: seconds, memory and CPU."""

from collections.abc import Iterator
from statistics import median

import psutil
from hub_room import Room

MB = 1024 * 1024


def report(room: Room) -> str:
    """The figures of a room that has been open, has learnt and is closed, in a few lines.

    Memory is PSS: what processes share is counted in shares.
    """
    return "\n".join(_lines(room))


def _lines(room: Room) -> Iterator[str]:
    learners, seconds = room.learners, room.seconds
    cells = sum(learner.cells for learner in learners)
    used = median(learner.cpu_seconds for learner in learners)
    notebooks = len({notebook for learner in learners for notebook in learner.notebooks})
    yield f"{len(learners)} learners, {notebooks} notebooks, {psutil.cpu_count()} CPUs"
    yield (
        f"  servers started in {seconds['open']:.0f} s, stopped in {seconds['close']:.0f} s, "
        "nothing left running"
    )
    yield f"  {cells} cells run in {seconds['learn']:.0f} s, none failed"
    yield f"  CPU of one learner {used:.0f} s; memory with one notebook open, median:"
    yield from _memory(room)


def _memory(room: Room) -> Iterator[str]:
    """What one learner's processes take, by their kind, when they take most."""
    largest = [max(learner.memory, key=lambda one: sum(one.values())) for learner in room.learners]
    kinds = sorted({kind for sizes in largest for kind in sizes})
    for kind in kinds:
        yield _line(kind, [one.get(kind, 0) for one in largest])
    yield _line("together", [sum(one.values()) for one in largest])


def _line(name: str, sizes: list[int]) -> str:
    return f"  {name:10} {median(sizes) / MB:6.0f} MB, at most {max(sizes) / MB:.0f}"
