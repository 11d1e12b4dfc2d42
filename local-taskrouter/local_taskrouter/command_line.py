"""The arguments of `python -m local_taskrouter`."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from local_taskrouter.clock import LATEST
from local_taskrouter.event_bridge import ROLES

_SHORT, _LONG = "local-taskrouter", "python -m local_taskrouter"


def program() -> str:
    """The command as it was typed."""
    return _SHORT if Path(sys.argv[0]).stem == _SHORT else _LONG


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments; `command` is the name of the command, "serve" by default.

    What follows `--` is the command line of a program, for `exec`. Exits with code 2 and a sentence
    if they are wrong, with 0 after --help and --version.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    defaults = argparse.Namespace(
        command="serve",
        home=None,
        host="127.0.0.1",
        port=None,
        verbose=False,
        idle_timeout=12.0,
        transparent=False,
        https=None,
        seed=[],
        now=None,
        freeze=False,
        sid_seed=None,
        program=[],
    )
    parser = _parser()
    options, unknown = parser.parse_known_args(arguments[:end], defaults)
    if unknown and options.command == "exec" and "--" not in arguments:
        given = [each for each in (*options.program, *unknown) if not each.startswith("-")]
        command = arguments[arguments.index(given[0]) :] if given else ["npm", "test"]
        parser.error(f"put -- before the command: exec -- {shlex.join(command)}")
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    options.program = [*options.program, *arguments[end + 1 :]]
    if (options.command == "exec") != bool(options.program):
        parser.error("`exec` needs a command, and no other takes one: exec -- npm test")
    return options


def _parser() -> argparse.ArgumentParser:
    home, starting, serving = _home(), _starting(), _serving()
    parser = argparse.ArgumentParser(
        prog=program(),
        description="Serve a local TaskRouter at Twilio's REST API. Its state survives a restart.",
        epilog="The environment variables TASKROUTER_ACCOUNT_SID and TASKROUTER_AUTH_TOKEN, "
        "when set, are the credentials it accepts.",
        parents=[home, starting, serving],
    )
    shown = f"local-taskrouter {version('local-taskrouter')}"
    parser.add_argument("--version", action="version", version=shown)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, parents, text in (
        ("serve", [home, starting, serving], "serve in the foreground (the default)"),
        ("status", [home], "print whether it is running (exit code 0 or 1)"),
        ("env", [home], "print the environment variables of the running one, for a POSIX shell"),
        ("stop", [home], "stop the running one"),
        ("reset", [home], "delete every Workspace"),
    ):
        command = commands.add_parser(name, parents=parents, help=text, description=text)
        command.set_defaults(command=name)
    _add_exec(commands, starting)
    _add_explain(commands, home)
    _add_ui(commands, home)
    _add_apply(commands, home)
    _add_token(commands, home)
    return parser


def _add_exec(commands: Any, starting: argparse.ArgumentParser) -> None:
    text = "run a command with a separate, empty local TaskRouter, and exit with its exit code"
    execute = commands.add_parser(
        "exec",
        parents=[starting],
        help=text,
        description=f"{text[0].upper()}{text[1:]}. The command has the variables that `env` prints.",
        usage=f"{program()} exec [--seed FILE] [--transparent] -- COMMAND ...",
    )
    execute.add_argument("program", nargs="*", metavar="COMMAND", help="for example: -- npm test")
    execute.set_defaults(command="exec")


def _add_explain(commands: Any, home: argparse.ArgumentParser) -> None:
    text = (
        "print why a Task waits, Worker by Worker: in the running local TaskRouter, or in the one that "
        "TASKROUTER_URL names"
    )
    explain = commands.add_parser("explain", parents=[home], help=text, description=text)
    explain.add_argument("task", metavar="WT…", help="the Task's SID")
    explain.add_argument("--json", action="store_true", help="print it as JSON")
    _add_live(explain)
    explain.set_defaults(command="explain")


def _add_ui(commands: Any, home: argparse.ArgumentParser) -> None:
    text = "print a link to its page, which works once"
    ui = commands.add_parser("ui", parents=[home], help=text, description=text)
    ui.add_argument("--open", action="store_true", help="also open it in the browser")
    ui.set_defaults(command="ui")


def _add_apply(commands: Any, home: argparse.ArgumentParser) -> None:
    text = (
        "create and update what the seed FILE declares, and delete nothing: on the running local "
        "TaskRouter, or on the one that TASKROUTER_URL names"
    )
    command = commands.add_parser("apply", parents=[home], help=text, description=text)
    command.add_argument("file", type=Path, metavar="FILE", help="JSON, or YAML with PyYAML")
    command.add_argument("--dry-run", action="store_true", help="print the changes, make none")
    _add_live(command)
    command.set_defaults(command="apply")


def _add_token(commands: Any, home: argparse.ArgumentParser) -> None:
    text = "print an access token for the page of a Worker, for taskrouter.js"
    token = commands.add_parser("token", parents=[home], help=text, description=text)
    token.add_argument("--worker", required=True, metavar="NAME", help="its name or its SID")
    token.add_argument("--workspace", metavar="NAME", help="where it is (default: anywhere)")
    token.add_argument(
        "--role", choices=ROLES, default=ROLES[0], help="what it allows (default: worker)"
    )
    token.add_argument(
        "--ttl",
        type=_seconds,
        default=3_600,
        metavar="SECONDS",
        help="until its end (default: 3600)",
    )
    token.set_defaults(command="token")


def _add_live(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--live",
        action="store_true",
        help="on real Twilio, with TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and "
        "TWILIO_API_SECRET) in the environment",
    )


def _home() -> argparse.ArgumentParser:
    parser = _options()
    parser.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help="folder for its state (default: TASKROUTER_HOME, else the user's state folder)",
    )
    return parser


def _starting() -> argparse.ArgumentParser:
    parser = _options()
    parser.add_argument(
        "--seed",
        type=Path,
        action="append",
        metavar="FILE",
        help="first create and update what this file declares; can be repeated",
    )
    parser.add_argument(
        "--now",
        type=_moment,
        metavar="TIME",
        help="where the clock starts, as 2026-01-01T09:00:00Z, unless there is a Workspace already",
    )
    parser.add_argument(
        "--freeze", action="store_true", help="let the clock stand until it is moved"
    )
    parser.add_argument(
        "--sid-seed", type=int, metavar="N", help="let equal requests get equal SIDs in every run"
    )
    parser.add_argument(
        "--transparent",
        action="store_true",
        help="also answer as taskrouter.twilio.com, through a proxy on this computer; "
        "prints the environment variables that programs need for it",
    )
    return parser


def _serving() -> argparse.ArgumentParser:
    parser = _options()
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument(
        "--port",
        type=_port,
        metavar="N",
        help="0 picks a free one (default: the last one, else 8790, else a free one)",
    )
    parser.add_argument("--verbose", action="store_true", help="print each request to the API")
    parser.add_argument(
        "--idle-timeout",
        type=float,
        metavar="HOURS",
        help="stop after this time without a request; 0 means never (default: 12)",
    )
    parser.add_argument(
        "--https",
        type=_port,
        metavar="N",
        help="as --transparent, and also answer at https://127.0.0.1:N, for programs that use no proxy "
        "and find taskrouter.twilio.com in the hosts file (443)",
    )
    return parser


def _options() -> argparse.ArgumentParser:
    """A parser whose options may come before the command and after it, without own defaults."""
    return argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no time like 2026-01-01T09:00:00Z") from None
    seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not 0 <= seconds < LATEST:
        raise argparse.ArgumentTypeError("the clock runs from 1970 to the year 3000")
    return seconds


def _seconds(text: str) -> int:
    seconds = int(text)
    if not 1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError("a token is valid for 1 to 86400 seconds")
    return seconds


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port
