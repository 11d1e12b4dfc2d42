"""Serve the emulator of a home folder: one process per folder, in the foreground."""

import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from local_taskrouter import descriptors
from local_taskrouter.clock import ManualClock, SystemClock
from local_taskrouter.core.engine import Engine, Outcome
from local_taskrouter.database import DatabaseFailure
from local_taskrouter.environment import export_lines
from local_taskrouter.http import control
from local_taskrouter.http.server import EmulatorServer
from local_taskrouter.process.home import Home, Running
from local_taskrouter.process.log_file import LogFileHandler
from local_taskrouter.process.owner import Owner, single_user_server
from local_taskrouter.process.private_files import UnusableFile
from local_taskrouter.process.serving_process import Registration
from local_taskrouter.service import TaskRouter
from local_taskrouter.sids import SidMaker
from local_taskrouter.transparent.hostname import HOSTNAME, HOSTNAMES

USUAL_PORT = 8790
_SWITCH_SECONDS = 0.0005
"""How long a thread computes before Python switches, so that long queries delay no other request."""


class CannotServe(RuntimeError):
    """The emulator cannot run here; the message has the reason and what to do."""


@dataclass(frozen=True)
class Settings:
    """How to serve.

    `port` None means the last port, else the usual one, else a free one; `idle_hours` None forever.
    With `transparent`, a proxy on the next port of the loopback address (or a free one) serves the
    emulator at Twilio's address. `https_port` implies it: that port of the loopback address serves
    it without a proxy. `seeds` are files to apply first.

    `now` is where the clock of an empty emulator starts, in seconds since 1970; with `freeze` it stands
    until it is moved or resumed. `sids` is a seed for repeatable SIDs.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    idle_hours: float | None = None
    transparent: bool = False
    https_port: int | None = None
    seeds: Sequence[Path] = ()
    now: float | None = None
    freeze: bool = False
    sids: int | None = None


def serve_home(home: Home, settings: Settings) -> None:
    """Serve the emulator of `home` until it is stopped, and print its address. Raises CannotServe."""
    os.umask(0o077)
    descriptors.raise_limit()
    with opened(home, settings) as (server, running):
        freeze_loaded(server.taskrouter)
        _serve(home, server, running)


def freeze_loaded(taskrouter: TaskRouter) -> None:
    """Let the garbage collector skip what is loaded now, until the whole state is replaced.

    A collection of 100,000 loaded objects and more delays every request by a tenth of a second.
    """
    written = taskrouter.on_written

    def on_written(engine: Engine, outcome: Outcome | None) -> None:
        if outcome is None:
            gc.unfreeze()
        written(engine, outcome)

    taskrouter.on_written = on_written
    gc.freeze()


@contextmanager
def opened(home: Home, settings: Settings) -> Iterator[tuple[EmulatorServer, Running]]:
    """Hold `home` for a `with` block, which must run the server. Raises CannotServe."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    home.create()
    port = settings.port
    try:
        with home.serving_lock(timeout=1):
            if settings.seeds:
                _apply_seeds(home, settings)
            ports = [home.last_port() or USUAL_PORT, 0] if port is None else [port]
            owners = [single_user_server(), Owner.of_pid(home.owner())]
            server = _bind_first_free(_open_taskrouter(home, settings), settings, ports, owners)
            sid, token = home.credentials()
            running = Running(server.url, os.getpid(), sid, token, control.VERSION)
            with _at_twilios_address(server, home, settings):
                logging.getLogger().addHandler(handler := LogFileHandler(sys.stderr, home.log_file))
                try:
                    yield server, running
                finally:
                    logging.getLogger().removeHandler(handler)
    except Timeout:
        raise CannotServe(_already_served(home)) from None


def _apply_seeds(home: Home, settings: Settings) -> None:
    """Apply the seeds on a port that no client knows, so that none meets half of a seed."""
    from local_taskrouter.client import client_of
    from local_taskrouter.seed import SeedError, apply

    server = EmulatorServer(_open_taskrouter(home, settings)).start()
    try:
        with client_of(server.url, *home.credentials()) as client:
            for file in settings.seeds:
                apply(client, file)
    except SeedError as error:
        raise CannotServe(str(error)) from None
    finally:
        server.stop()


def _serve(home: Home, server: EmulatorServer, running: Running) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: server.stop())
    home.save_port(server.port)
    home.write_running(running)
    server.owners.append(Registration(home, running))
    print(f"TaskRouter is listening at {running.url} (its state is in {home.folder}).")
    if server.taskrouter.transparent:
        print(f"It also answers as {HOSTNAME}, for programs in a terminal with these variables:")
        print(export_lines(server.taskrouter.transparent), end="", flush=True)
    try:
        server.run()
    finally:
        home.remove_running(running.pid)
    print("TaskRouter has stopped; its state is kept.", flush=True)


@contextmanager
def _at_twilios_address(server: EmulatorServer, home: Home, settings: Settings) -> Iterator[None]:
    """Serve `server` at Twilio's address too, if requested, until the `with` block ends."""
    https_port = settings.https_port
    if not settings.transparent and https_port is None:
        yield
        return
    from local_taskrouter.transparent.mode import Transparent  # slow to load, rarely needed

    now = SystemClock().now()
    try:
        mode = Transparent(home.folder, server.port + 1, server, now, https_port)
    except (OSError, OverflowError) as fault:
        server.close()
        if https_port is None or isinstance(fault, UnusableFile):
            raise
        raise CannotServe(
            f"Port {https_port} of 127.0.0.1 cannot be used ({fault}). A port below 1024 may need"
            " more rights: choose another with --https, and let the system forward 443 to it."
        ) from None
    with mode:
        server.taskrouter.transparent = mode.variables
        for port in mode.https_ports:
            names = " ".join(HOSTNAMES)
            print(
                f"It answers at port {port} for programs that use no proxy, if the hosts file has:"
            )
            print(f"127.0.0.1 {names}")
        yield


def _bind_first_free(
    taskrouter: TaskRouter, settings: Settings, ports: list[int], owners: Sequence[Owner]
) -> EmulatorServer:
    host = settings.host
    fault: OSError | None = None
    for port in ports:
        try:
            return EmulatorServer(taskrouter, host, port, settings.idle_hours, owners)
        except OSError as error:
            fault = error
    taskrouter.close()
    raise CannotServe(
        f"Port {ports[0]} of {host} cannot be used ({fault}). "
        "Choose another with --port, or --port 0 for any free one."
    )


def _open_taskrouter(home: Home, settings: Settings) -> TaskRouter:
    try:
        taskrouter = _load(home, settings)
        if settings.now is settings.sids is None or any(True for _ in taskrouter.engine.store):
            return taskrouter
        # Without a Workspace, an earlier run says nothing about the time and the SIDs.
        taskrouter.close()
        home.delete_database()
        taskrouter = _load(home, settings)
        taskrouter.advance(0.0)  # stores the clock, also for a next start without these settings
    except DatabaseFailure as failure:
        raise CannotServe(str(failure)) from None
    return taskrouter


def _load(home: Home, settings: Settings) -> TaskRouter:
    clock = SystemClock(settings.now)
    if settings.freeze:
        clock = ManualClock(clock.now() if settings.now is None else settings.now)
    sids = SidMaker(settings.sids)
    return TaskRouter(home.database, *home.credentials(), clock, sids, api_keys())


def api_keys() -> dict[str, str]:
    """The API key in the environment: TASKROUTER_API_KEY with TASKROUTER_API_SECRET."""
    key, secret = (os.environ.get(f"TASKROUTER_API_{part}", "") for part in ("KEY", "SECRET"))
    return {key: secret} if key and secret else {}


def _already_served(home: Home) -> str:
    running = home.running()
    address = f" at {running.url} (process {running.pid})" if running else ""
    return (
        f"The local TaskRouter of {home.folder} is already running{address}. "
        "Use it, or stop it first: python -m local_taskrouter stop"
    )
