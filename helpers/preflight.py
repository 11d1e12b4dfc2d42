"""Check that this computer is ready for the tutorial: ``python -m helpers.preflight``.

Prints one green line and exits with 0; or prints what is wrong and what to do, and exits with 1.
Checks the installation, starts the local TaskRouter as the first notebook does, and calls it through
the `twilio` package. Imports packages only where it can report that one is missing.
"""

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

from helpers.installation import pip_install

_GREEN, _PLAIN = "\033[32m", "\033[0m"


class NotReady(RuntimeError):
    """Something is wrong; the message says what it is and what to do."""


def check_parts(folder: Path) -> None:
    """Raise NotReady with every part of the installation that is wrong."""
    try:
        from helpers.installation.parts import installed_parts
    except Exception as error:  # noqa: BLE001 - a broken package may raise anything
        reinstall = f'"{sys.executable}" -m pip install --force-reinstall packaging'
        fix = pip_install() if isinstance(error, ModuleNotFoundError) else reinstall
        raise NotReady(
            f"packaging: cannot be imported: {type(error).__name__}: {error}. Do this:\n    {fix}"
        ) from None
    wrong = [part for part in installed_parts(folder) if part.verdict != "ok"]
    if wrong:
        verdicts = "; ".join(f"{part.name}: {part.verdict}" for part in wrong)
        fixes = dict.fromkeys(part.fix for part in wrong)
        raise NotReady("\n".join([f"{verdicts}. Do this:", *(f"    {fix}" for fix in fixes)]))


def check_taskrouter() -> str:
    """Start the local TaskRouter if none runs, list its Workspaces, and return its address.

    Raises NotReady if it cannot be started or gives an error.
    """
    from twilio.base.exceptions import TwilioException  # check_parts has imported it

    from helpers.session.api_errors import ConnectionFailed
    from helpers.session.connect import connect

    try:
        session = connect("local")
        session.client.taskrouter.v1.workspaces.list(limit=1)
    except ConnectionFailed as fault:
        raise NotReady(str(fault)) from None
    except TwilioException as fault:
        raise NotReady(
            f"The local TaskRouter answers with an error ({fault}). Run `python -m local_taskrouter "
            "stop`, then run this again."
        ) from None
    return session.address


def main() -> int:
    """Run every check, print the result, and return the exit status."""
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
