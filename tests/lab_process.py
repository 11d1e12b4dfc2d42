"""JupyterLab for tests, started as the tutorial's command does."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.checks import wait_for

_SETTINGS = {
    # An older JupyterLab keeps a cell out of the page until it is scrolled to.
    "JUPYTERLAB_SETTINGS_DIR/@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {
        "windowingMode": "none"
    },
    # A dialog about news would cover the notebook; the theme is changed by command.
    "JUPYTER_CONFIG_DIR/labconfig/page_config.json": {
        "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}
    },
    "JUPYTER_CONFIG_DIR/jupyter_server_config.json": {
        each: {"expose_app_in_browser": True} for each in ("LabApp", "JupyterNotebookApp")
    },
}
COMMAND = (sys.executable, "-m", "helpers.lab", "--folder", ".")


@contextmanager
def running_lab(scratch: Path, cwd: Path, *command: str | Path) -> Iterator[dict[str, str]]:
    """Run `command` in the folder `cwd`, without a browser; yield JupyterLab's URL and token.

    The default command opens `cwd` itself, and copies the notebooks into it. JupyterLab's settings,
    runtime files and log are in the folder `scratch`. If `cwd` is a clone, the kernels import that
    clone's helpers.
    """
    folders = {
        name: str(scratch / name)
        for name in (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "JUPYTERLAB_SETTINGS_DIR",
            "JUPYTERLAB_WORKSPACES_DIR",
        )
    }
    log = scratch / "log"
    with open(log, "wb") as opened:
        process = subprocess.Popen(
            [*(command or COMMAND), "--no-browser", "--port", "0"],
            cwd=cwd,
            env={**os.environ, **folders, "PYTHONPATH": str(cwd)},
            stdin=subprocess.DEVNULL,
            stdout=opened,
            stderr=opened,
        )
    try:
        runtime = Path(folders["JUPYTER_RUNTIME_DIR"])
        started = wait_for(
            "JupyterLab starts",
            lambda: _started(runtime) or process.poll() is not None,
            timeout=60,
        )
        assert isinstance(started, dict), log.read_text("utf-8")
        yield started
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def write_settings(scratch: Path) -> None:
    """Let a page that a program drives see all cells and JupyterLab's commands, and no dialog."""
    for name, content in _SETTINGS.items():
        file = scratch / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content), "utf-8")


def _started(runtime: Path) -> dict[str, str] | None:
    """Read the server's URL and token from its runtime folder; None until it has written them."""
    try:
        [file] = runtime.glob("jpserver-*.json")
        return json.loads(file.read_text("utf-8"))
    except ValueError:
        return None
