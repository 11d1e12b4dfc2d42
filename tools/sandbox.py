"""A TaskRouter of one's own, for tests and tools: nothing live, nothing of the user's.

Kernels, and the emulator they start, are other processes. What they must not share with the person
at the keyboard, they can only be told through the environment.
"""

import subprocess
import sys
from collections.abc import MutableMapping
from pathlib import Path


def isolate(environment: MutableMapping[str, str], folder: Path) -> None:
    """Make `environment`, in place, one in which the notebooks only reach an emulator in `folder`.

    Removes every TASKROUTER_ and TWILIO_ variable (so no run goes live or finds credentials) and
    every proxy (all traffic is loopback); moves IPython's own folder, with its start-up files and
    history, into `folder` too.
    """
    for name in list(environment):
        if name.upper().startswith(("TASKROUTER_", "TWILIO_")) or name.lower().endswith("_proxy"):
            del environment[name]
    environment["TASKROUTER_HOME"] = str(folder / "taskrouter")
    environment["IPYTHONDIR"] = str(folder / "ipython")


def stop_emulator(environment: MutableMapping[str, str]) -> None:
    """Stop the emulator of an isolated `environment`, if one was started.

    Raises subprocess.CalledProcessError when it will not stop.
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
