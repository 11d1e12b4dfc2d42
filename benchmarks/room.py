"""Learners on one JupyterHub, all notebooks at once: ``python benchmarks/room.py [LEARNERS]``.

A real JupyterHub with users of this machine, made for the run and removed after it; needs root, npm
and `pip install -e ".[test]"`. Each learner's server runs every notebook, cell by cell and one after
the other, as JupyterLab would. Fails when a cell does, when two learners meet in one emulator, and
when a process is left. Reports seconds, and memory as PSS: what processes share is counted once.
"""

import sys
from collections import Counter
from pathlib import Path
from statistics import median

import psutil

sys.path.append(str(Path(__file__).parents[1] / "tests"))

import hub_room
from hub_room import Room, status_for

from helpers.refresh import NOTEBOOKS

MB = 1024 * 1024


def check_emulators(room: Room) -> None:
    """Each learner's kernels spoke with one emulator, which refuses everybody else's credentials."""
    emulators = room.emulators()
    assert len({running.url for running in emulators.values()}) == len(room.learners)
    for learner in room.learners:
        url = emulators[learner.user].url
        assert set(learner.addresses) == {url}, learner.addresses
        answers = Counter(status_for(running, url) for running in emulators.values())
        assert answers == {200: 1, 401: len(room.learners) - 1}, answers


def print_memory(room: Room) -> None:
    """What one learner's processes take, by their kind, when they take most."""
    largest = [max(learner.memory, key=lambda one: sum(one.values())) for learner in room.learners]
    for kind in sorted({kind for sizes in largest for kind in sizes}):
        sizes = sorted(one.get(kind, 0) / MB for one in largest)
        print(f"  {kind:10} {median(sizes):6.0f} MB, at most {sizes[-1]:.0f}")
    sums = sorted(sum(one.values()) / MB for one in largest)
    print(f"  {'together':10} {median(sums):6.0f} MB, at most {sums[-1]:.0f}")


def main(count: int) -> None:
    if reason := hub_room.why_not():
        sys.exit(f"There can be no JupyterHub of several users here: {reason}.")
    notebooks = sorted(NOTEBOOKS.glob("*.ipynb"))
    with hub_room.room(count, notebooks) as room:
        opened = room.open()
        learnt = room.learn()
        check_emulators(room)
        closed = room.close()
    cells = sum(learner.cells for learner in room.learners)
    seconds = sorted(learner.cpu_seconds for learner in room.learners)
    print(f"{count} learners, {len(notebooks)} notebooks, {psutil.cpu_count()} CPUs")
    print(f"  servers started in {opened:.0f} s, stopped in {closed:.0f} s, nothing left running")
    print(f"  {cells} cells run in {learnt:.0f} s, none failed; an emulator for each learner")
    print(f"  CPU of one learner {median(seconds):.0f} s; memory with one notebook open, median:")
    print_memory(room)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
