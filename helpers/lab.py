"""Open JupyterLab on the tutorial's first notebook: ``python -m helpers.lab [OPTION ...]``.

The options are JupyterLab's own (``--no-browser``, ``--port 8899``; ``--help-all`` lists them).
JupyterLab runs inside this process, so Ctrl-C and its exit status are JupyterLab's on every system.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from helpers.installation import CLONE, INSTALL

FIRST_NOTEBOOK = "notebooks/00-start-here.ipynb"


def arguments(extra: Sequence[str] = (), clone: Path = CLONE) -> list[str]:
    """Return JupyterLab's arguments: the first notebook of `clone`, then the caller's `extra` options.

    JupyterLab refuses to run as root. In a container, root is often the only user, so root gets
    `--allow-root` for this server.

    Raises FileNotFoundError if `clone` does not contain the notebooks.
    """
    if not (clone / FIRST_NOTEBOOK).is_file():
        raise FileNotFoundError(
            f"{FIRST_NOTEBOOK} is not in {clone}. Clone the tutorial's repository and run "
            f"`{INSTALL}` in the clone, then `python -m helpers.lab`."
        )
    # Set as the default page, so that the printed address leads to the notebook too.
    start = [f"--ServerApp.root_dir={clone}", f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}"]
    return [*start, *(["--allow-root"] if _is_root() else []), *extra]


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def main(extra: Sequence[str]) -> None:
    """Run JupyterLab until it is stopped; `extra` as in `arguments`."""
    from jupyterlab.labapp import LabApp

    try:
        command_line = arguments(extra)
    except FileNotFoundError as error:
        sys.exit(str(error))
    LabApp.launch_instance(command_line)


if __name__ == "__main__":
    main(sys.argv[1:])
