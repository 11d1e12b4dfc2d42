"""An emulator that takes Twilio's place, for programs that know nothing of it.

It is reached through the transparent mode: an unmodified client asks for taskrouter.twilio.com, and
the certificate makes it accept the emulator.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_taskrouter.clock import SystemClock
from local_taskrouter.http.server import EmulatorServer
from local_taskrouter.service import TaskRouter
from local_taskrouter.transparent.mode import Transparent

from tools.sandbox import isolate

ACCOUNT_SID, AUTH_TOKEN = "AC" + "f" * 32, "e" * 32


@contextmanager
def standing_in(folder: Path) -> Iterator[tuple[EmulatorServer, dict[str, str]]]:
    """The emulator, its state in `folder`, and the environment of programs to be led to it.

    They have its credentials, and nothing else of the environment of this process that leads to
    Twilio or is the user's own.
    """
    server = EmulatorServer(TaskRouter(folder / "twilio.db", ACCOUNT_SID, AUTH_TOKEN)).start()
    environment = dict(os.environ)
    isolate(environment, folder)
    environment |= {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    with Transparent(folder, 0, server.address, SystemClock().now()) as transparent:
        try:
            yield server, environment | transparent.variables
        finally:
            server.stop()
