"""Says whether this computer is ready for the tutorial: ``python -m helpers.preflight``.

One green line and exit status 0; or what is wrong, what to do about it, and exit status 1. It looks
at the installation, starts the local TaskRouter as the first notebook does, and asks it something
through the `twilio` package.
"""

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

from helpers.installation.parts import installed_parts

_GREEN, _PLAIN = "\033[32m", "\033[0m"


class NotReady(RuntimeError):
    """Something is wrong; the message says what, and what to do."""


def check_parts(folder: Path) -> None:
    """Raises NotReady, naming every part that is wrong, unless the installation is sound."""
    wrong = [part for part in installed_parts(folder) if part.verdict != "ok"]
    if wrong:
        verdicts = "; ".join(f"{part.name}: {part.verdict}" for part in wrong)
        fixes = dict.fromkeys(part.fix for part in wrong)
        raise NotReady("\n".join([f"{verdicts}. Do this:", *(f"    {fix}" for fix in fixes)]))


def check_taskrouter() -> str:
    """Start the local TaskRouter if none runs, and ask it for a Workspace; its address.

    Raises NotReady when it cannot be started, or does not answer well.
    """
    from twilio.base.exceptions import TwilioException  # sound, once the parts are

    from helpers.session.api_errors import ConnectionFailed
    from helpers.session.connect import connect

    try:
        session = connect("local")
        session.client.taskrouter.v1.workspaces.list(limit=1)
    except ConnectionFailed as fault:
        raise NotReady(str(fault)) from None
    except TwilioException as fault:
        raise NotReady(
            f"The local TaskRouter answers badly ({fault}). Run `python -m local_taskrouter stop`, "
            "then this again."
        ) from None
    return session.address


def main() -> int:
    """Look at everything and print the verdict; the exit status."""
    try:
        check_parts(Path.cwd())
        address = check_taskrouter()
    except NotReady as fault:
        print(f"Not ready. {fault}", file=sys.stderr)
        return 1
    lab = metadata.version("jupyterlab")
    line = (
        f"Ready: Python {platform.python_version()}, JupyterLab {lab}, "
        f"and a local TaskRouter that answers at {address}."
    )
    print(f"{_GREEN}{line}{_PLAIN}" if _shows_colors() else line)
    return 0


def _shows_colors() -> bool:
    return sys.stdout.isatty() and os.name == "posix" and "NO_COLOR" not in os.environ


if __name__ == "__main__":
    sys.exit(main())
