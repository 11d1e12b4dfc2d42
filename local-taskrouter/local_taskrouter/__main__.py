"""The command `python -m local_taskrouter`: serve in the foreground, ask it, stop it."""

import argparse
import json
import sys
import webbrowser
from collections.abc import Sequence
from typing import Any

from filelock import Timeout

from local_taskrouter import environment
from local_taskrouter.command_line import parse, program
from local_taskrouter.process import launch
from local_taskrouter.process.home import Home, InvalidCredentials, code_version
from local_taskrouter.process.output import harmless_output
from local_taskrouter.request_log import print_requests


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code, 0 on success."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        return _COMMANDS[options.command](Home(options.home), options)
    except (launch.EmulatorUnavailable, InvalidCredentials, OSError) as fault:
        return _fail(str(fault))


def _serve(home: Home, options: argparse.Namespace) -> int:
    from local_taskrouter.http.serve_home import CannotServe, Settings, serve_home

    settings = Settings(
        options.host,
        options.port,
        options.idle_timeout or None,
        options.transparent,
        options.https,
        **_start(options),
    )
    try:
        with harmless_output():
            if options.verbose:
                print_requests(sys.stdout)
            serve_home(home, settings)
    except CannotServe as fault:
        return _fail(str(fault))
    return 0


def _exec(home: Home, options: argparse.Namespace) -> int:
    from local_taskrouter.execute import NoProgram, execute
    from local_taskrouter.http.serve_home import CannotServe, Settings

    try:
        with harmless_output():
            settings = Settings(port=0, transparent=options.transparent, **_start(options))
            return execute(options.program, settings)
    except NoProgram as fault:
        _fail(str(fault))
        return fault.exit_code
    except CannotServe as fault:
        return _fail(str(fault))


def _start(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "seeds": options.seed,
        "now": options.now,
        "freeze": options.freeze,
        "sids": options.sid_seed,
    }


def _status(home: Home, options: argparse.Namespace) -> int:
    running = launch.find_running(home)
    if running is None:
        print(_not_running(home))
        return 1
    print(f"TaskRouter is running at {running.url} (process {running.pid}, home {home.folder}).")
    if running.version != code_version():
        print("It runs a different version of the code; the next connect() replaces it.")
    return 0


def _not_running(home: Home) -> str:
    if launch.is_served(home):
        return f"The local TaskRouter of {home.folder} does not answer; `{program()} stop` ends it."
    return f"No local TaskRouter is running for {home.folder}."


def _env(home: Home, options: argparse.Namespace) -> int:
    running = launch.find_running(home)
    if running is None:
        return _fail(f"{_not_running(home)} Start one: {program()}")
    about = launch.send_control(running, "GET", "/emulator") or {}
    found = environment.variables(running.url, running.account_sid, running.auth_token)
    print(environment.export_lines({**found, **about.get("transparent", {})}), end="")
    return 0


def _explain(home: Home, options: argparse.Namespace) -> int:
    from local_taskrouter.client import NoTaskRouter, chosen_client, sent_callbacks
    from local_taskrouter.explanation import NoSuchTask, explain, with_callbacks

    try:
        with chosen_client(home, options.live) as (client, _):
            explanation = explain(client, options.task)
            if not options.live:
                callbacks = sent_callbacks(client, explanation.task_sid)
                explanation = with_callbacks(explanation, callbacks)
    except (NoTaskRouter, NoSuchTask, ValueError) as fault:
        return _fail(str(fault))
    print(json.dumps(explanation.to_dict()) if options.json else explanation)
    return 0


def _ui(home: Home, options: argparse.Namespace) -> int:
    running = launch.find_running(home)
    if running is None:
        return _fail(f"{_not_running(home)} Start one: {program()}")
    link = launch.send_control(running, "POST", "/emulator/ui/link")
    if link is None:
        return _fail(f"The local TaskRouter at {running.url} did not answer. Try again.")
    address = f"{running.url}{link['path']}"
    print(address)
    print("The link works once, within 10 minutes.", file=sys.stderr)
    if options.open:
        webbrowser.open(address)
    return 0


def _apply(home: Home, options: argparse.Namespace) -> int:
    from local_taskrouter.client import NoTaskRouter, chosen_client
    from local_taskrouter.seed import SeedError, apply, count_of

    try:
        with chosen_client(home, options.live) as (client, where):
            changes = apply(client, options.file, dry_run=options.dry_run)
    except (NoTaskRouter, SeedError) as fault:
        return _fail(str(fault))
    print(*changes, sep="\n", end="\n" if changes else "")
    made = count_of(len(changes))
    if not changes:
        print(f"Nothing to change: {where} is as {options.file} declares.")
    elif options.dry_run:
        print(f"A dry run: nothing was changed. {where[0].upper()}{where[1:]} needs {made}.")
    else:
        print(f"{made} made, in {where}.")
    return 0


def _token(home: Home, options: argparse.Namespace) -> int:
    from local_taskrouter.client import client_of
    from local_taskrouter.worker_token import NoSuchWorker, worker_token

    running = launch.find_running(home)
    if running is None:
        return _fail(f"{_not_running(home)} Start one: {program()}")
    try:
        with client_of(running.url, running.account_sid, running.auth_token) as client:
            made = worker_token(
                client,
                running.auth_token,
                options.worker,
                options.workspace,
                options.role,
                options.ttl,
            )
    except NoSuchWorker as fault:
        return _fail(str(fault))
    print(made)
    return 0


def _stop(home: Home, options: argparse.Namespace) -> int:
    running = launch.stop(home)
    if running is None:
        print(f"No local TaskRouter is running for {home.folder}; nothing to stop.")
    else:
        print(
            f"The local TaskRouter at {running.url} has stopped; its state is kept in {home.folder}."
        )
    return 0


def _reset(home: Home, options: argparse.Namespace) -> int:
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
                f"The local TaskRouter of {home.folder} does not answer. Run `{program()} stop` first."
            )
    print(f"The TaskRouter of {home.folder} is empty now.")
    return 0


_COMMANDS = {
    "serve": _serve,
    "exec": _exec,
    "status": _status,
    "env": _env,
    "explain": _explain,
    "ui": _ui,
    "apply": _apply,
    "token": _token,
    "stop": _stop,
    "reset": _reset,
}


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
