"""Isolate tests and tools from the user's TaskRouter, credentials and settings.

Kernels, and the emulator they start, are other processes, which only the environment reaches.
"""

import subprocess
import sys
from collections.abc import MutableMapping
from pathlib import Path


def isolate(environment: MutableMapping[str, str], folder: Path) -> None:
    """Change `environment` in place so that notebooks only reach an emulator in `folder`.

    Removes every TASKROUTER_ and TWILIO_ variable, so that no run goes live or finds credentials,
    and every proxy, since all traffic is loopback. Moves IPython's folder, with its start-up files
    and history, into `folder` too.
    """
    for name in list(environment):
        if name.upper().startswith(("TASKROUTER_", "TWILIO_")) or name.lower().endswith("_proxy"):
            del environment[name]
    environment["TASKROUTER_HOME"] = str(folder / "taskrouter")
    environment["IPYTHONDIR"] = str(folder / "ipython")


def stop_emulator(environment: MutableMapping[str, str]) -> None:
    """Stop the emulator of an isolated `environment`, if it was started.

    Raises subprocess.CalledProcessError if it does not stop.
    """
    home = Path(environment["TASKROUTER_HOME"])
    if not home.exists():
        return
    subprocess.run(
        [sys.executable, "-m", "local_taskrouter", "stop", "--home", str(home)],
        cwd=Path(__file__).resolve().parent.parent,
        stdout=subprocess.DEVNULL,
        check=True,
    )
