"""Check that the tutorial is installed completely, and copy its notebooks to a learner's folder."""

import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
CLONE = PACKAGE.parent
"""The clone that an editable installation uses; the folder of all packages if a wheel is installed."""


def is_clone(folder: Path) -> bool:
    """Return True if `folder` has the sources of both packages, as a clone does."""
    return all(
        (folder / name).is_dir() for name in ("helpers", "local-taskrouter/local_taskrouter")
    )


IN_CLONE = is_clone(CLONE)
INSTALL = "pip install " + ("-e ./local-taskrouter -e ." if IN_CLONE else "taskrouter-notebooks")
"""The command that installs the tutorial, run in its clone if there is one."""


def pip_install(clone: Path | None = CLONE if IN_CLONE else None) -> str:
    """Return the command that installs the tutorial from any folder, also what it needs and misses.

    From a wheel, pip finds the tutorial installed, and installs only what it misses.
    """
    projects = (
        f'-e "{clone / "local-taskrouter"}" -e "{clone}"' if clone else "taskrouter-notebooks"
    )
    return f'"{sys.executable}" -m pip install {projects}'
