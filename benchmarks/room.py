"""Learners on one JupyterHub, all notebooks at once: ``python benchmarks/room.py [LEARNERS]``.

A real JupyterHub with users of this machine, made for the run and removed after it; needs root, npm
and `pip install -e ".[test]"`. Each learner's server runs every notebook, cell by cell and one after
the other, as JupyterLab would. Fails when a cell does, and when a process is left. Reports seconds,
and memory as PSS: what processes share is counted once. `tests/room` asserts more of such a room.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests" / "room"))

from hub_report import report
from hub_room import room, why_not

from tools.refresh import NOTEBOOKS


def main(count: int) -> None:
    if reason := why_not():
        sys.exit(f"There can be no JupyterHub of several users here: {reason}.")
    with room([sorted(NOTEBOOKS.glob("*.ipynb"))] * count) as opened:
        opened.open()
        opened.learn()
        opened.close()
    print(report(opened))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
