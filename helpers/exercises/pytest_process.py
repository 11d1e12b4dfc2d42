"""Run pytest in each of several folders: ``python -P pytest_process.py FOLDERS [OPTION ...]``.

It runs in a separate process, so it imports nothing of the tutorial. FOLDERS are separated as in
PATH. After each run it prints a line: ENDED and pytest's exit code.
"""

import os
import sys
from collections.abc import Sequence

import pytest

ENDED = "pytest has ended with "


def main(arguments: Sequence[str]) -> None:
    """Run pytest with the options in `arguments` in the folders that its first entry names."""
    folders, *options = arguments
    for folder in folders.split(os.pathsep):
        os.chdir(folder)
        path = sys.path[:]
        code = pytest.main(options)
        print(f"\n{ENDED}{int(code)}", flush=True)
        sys.path[:] = path
        _forget(folder)


def _forget(folder: str) -> None:
    """Let the next folder import modules of the same names."""
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(folder):
            del sys.modules[name]


if __name__ == "__main__":
    main(sys.argv[1:])
