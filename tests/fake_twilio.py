"""An emulator in Twilio's place, for unmodified clients.

The transparent mode leads a client that calls taskrouter.twilio.com to the emulator; the client
accepts its certificate.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_taskrouter.clock import SystemClock
from local_taskrouter.http.server import EmulatorServer
from local_taskrouter.service import TaskRouter
from local_taskrouter.transparent.mode import Transparent

from tools.sandbox import isolate, stop_emulator

ACCOUNT_SID, AUTH_TOKEN = "AC" + "f" * 32, "e" * 32


@contextmanager
def fake_twilio(folder: Path) -> Iterator[tuple[EmulatorServer, dict[str, str]]]:
    """Yield the emulator, with its state in `folder`, and the environment for its clients.

    The environment holds the emulator's credentials, and no other Twilio settings of this process.
    """
    server = EmulatorServer(TaskRouter(folder / "twilio.db", ACCOUNT_SID, AUTH_TOKEN)).start()
    environment = dict(os.environ)
    isolate(environment, folder)
    environment |= {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    with Transparent(folder, 0, server, SystemClock().now()) as transparent:
        try:
            yield server, environment | transparent.variables
        finally:
            server.stop()
            stop_emulator(environment)  # of lessons that always use a local one
