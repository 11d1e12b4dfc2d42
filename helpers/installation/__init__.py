"""Check that the tutorial is installed completely."""

import sys
from pathlib import Path

INSTALL = "pip install -e ./local-taskrouter -e ."
"""The command that installs the tutorial, run in its folder."""

CLONE = Path(__file__).resolve().parents[2]


def pip_install(clone: Path = CLONE) -> str:
    """Return the command that installs the tutorial in `clone` from any folder."""
    return f'"{sys.executable}" -m pip install -e "{clone / "local-taskrouter"}" -e "{clone}"'
