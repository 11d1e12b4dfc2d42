"""The command `python -m local_taskrouter`: serve in the foreground, status, stop, reset."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from filelock import Timeout

from local_taskrouter.process import launch
from local_taskrouter.process.home import Home, InvalidCredentials, code_version
from local_taskrouter.process.output import harmless_output
from local_taskrouter.transparent.hostname import export_lines

_STOP = "`python -m local_taskrouter stop`"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code, 0 on success."""
    options = _parser().parse_args(arguments)
    home = Home(options.home)
    try:
        if options.command == "serve":
            return _serve(home, options)
        return {"status": _status, "stop": _stop, "reset": _reset}[options.command](home)
    except (launch.EmulatorUnavailable, InvalidCredentials, OSError) as fault:
        return _fail(str(fault))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local_taskrouter",
        description="Serve a local TaskRouter at Twilio's REST API. Its state survives a restart.",
        epilog="The environment variables TASKROUTER_ACCOUNT_SID and TASKROUTER_AUTH_TOKEN, "
        "when set, are the credentials it accepts.",
    )
    parser.add_argument(
        "command",
        nargs="?",
        default="serve",
        choices=["serve", "status", "stop", "reset"],
        help="serve in the foreground (the default); print whether it is running (exit code 0 or 1); "
        "stop the running one; delete every Workspace",
    )
    parser.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help="folder for its state (default: TASKROUTER_HOME, else the user's state folder)",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--port",
        type=_port,
        metavar="N",
        help="0 picks a free one (default: the last one, else 8790, else a free one)",
    )
    parser.add_argument(
        "--idle-timeout",
        type=float,
        default=12.0,
        metavar="HOURS",
        help="stop after this time without a request; 0 means never (default: 12)",
    )
    parser.add_argument(
        "--transparent",
        action="store_true",
        help="also answer as taskrouter.twilio.com, through a proxy on this computer; "
        "prints the environment variables that programs need for it",
    )
    parser.add_argument(
        "--https",
        type=_port,
        metavar="N",
        help="as --transparent, and also answer at https://127.0.0.1:N, for programs that use no proxy "
        "and find taskrouter.twilio.com in the hosts file (443)",
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _serve(home: Home, options: argparse.Namespace) -> int:
    from local_taskrouter.http.serve_home import CannotServe, serve_home

    try:
        idle_hours = options.idle_timeout or None
        with harmless_output():
            serve_home(
                home, options.host, options.port, idle_hours, options.transparent, options.https
            )
    except CannotServe as fault:
        return _fail(str(fault))
    return 0


def _status(home: Home) -> int:
    running = launch.find_running(home)
    if running is None:
        print(
            f"The local TaskRouter of {home.folder} does not answer; {_STOP} ends it."
            if launch.is_served(home)
            else f"No local TaskRouter is running for {home.folder}."
        )
        return 1
    print(f"TaskRouter is running at {running.url} (process {running.pid}, home {home.folder}).")
    if running.version != code_version():
        print("It runs a different version of the code; the next connect() replaces it.")
    print(
        export_lines(
            (launch.send_control(running, "GET", "/emulator") or {}).get("transparent", {})
        ),
        end="",
    )
    return 0


def _stop(home: Home) -> int:
    running = launch.stop(home)
    if running is None:
        print(f"No local TaskRouter is running for {home.folder}; nothing to stop.")
    else:
        print(
            f"The local TaskRouter at {running.url} has stopped; its state is kept in {home.folder}."
        )
    return 0


def _reset(home: Home) -> int:
    running = launch.find_running(home)
    if running is not None:
        if launch.send_control(running, "POST", "/emulator/reset") is None:
            return _fail(
                f"The local TaskRouter at {running.url} did not reset. Stop it and try again."
            )
    elif home.folder.exists():
        try:
            with home.serving_lock():
                home.delete_database()
        except Timeout:
            return _fail(
                f"The local TaskRouter of {home.folder} does not answer. Run {_STOP} first."
            )
    print(f"The TaskRouter of {home.folder} is empty now.")
    return 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
