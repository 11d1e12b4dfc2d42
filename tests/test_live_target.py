"""The notebooks as they run on real Twilio: other credentials, another address, no loopback.

There is no account here. So an emulator stands at the address that the SDK has for Twilio, in the
kernels alone; everything else is what `TASKROUTER_TARGET=live` does.
"""

import copy
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from helpers.emulator.server import EmulatorServer
from helpers.emulator.service import TaskRouter
from helpers.refresh import NOTEBOOKS
from helpers.sandbox import isolate

ACCOUNT_SID, AUTH_TOKEN = "AC" + "f" * 32, "e" * 32
REDIRECTION = """
import os
from twilio.base.domain import Domain
from helpers import callback_server

TWILIO, EMULATOR = "https://taskrouter.twilio.com", os.environ["STANDS_FOR_TWILIO"]
made = Domain.__init__

def at_the_emulator(self, twilio, base_url):
    made(self, twilio, base_url.replace(TWILIO, EMULATOR))

Domain.__init__ = at_the_emulator
callback_server.PREFERRED_PORT = int(os.environ["LEARNERS_PORT"])
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("live")
    (folder / "sitecustomize.py").write_text(REDIRECTION)
    server = EmulatorServer(TaskRouter(folder / "twilio.db", ACCOUNT_SID, AUTH_TOKEN)).start()
    environment = dict(os.environ)
    isolate(environment, folder)
    environment |= {
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(folder), environment.get("PYTHONPATH", "")])
        ),
        "STANDS_FOR_TWILIO": server.url,
        "LEARNERS_PORT": str(free_port()),
        "TASKROUTER_TARGET": "live",
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
    }
    yield environment
    server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_check_passes_without_a_public_url(path: Path, environment: dict[str, str]):
    printed = printed_by(path, environment)

    if "print(server.note)" in path.read_text("utf-8"):
        assert "Twilio cannot call this server" in printed
    assert AUTH_TOKEN not in printed


def test_callbacks_arrive_at_the_public_url(environment: dict[str, str]):
    # No tunnel leads here: the server's own address is as public as it gets.
    address = f"http://127.0.0.1:{environment['LEARNERS_PORT']}"
    public = environment | {"TASKROUTER_PUBLIC_URL": address}
    path = NOTEBOOKS / "04-inspect-the-reservation.ipynb"

    assert "✓ The signature is genuine" in printed_by(path, public)


def printed_by(path: Path, environment: dict[str, str]) -> str:
    """Run the notebook, every check of which must pass; what it printed."""
    notebook = copy.deepcopy(nbformat.read(path, as_version=4))
    folder = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", resources=folder)
    client.execute(env=environment, stderr=subprocess.DEVNULL)
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    return "".join(one.get("text", "") for one in outputs)
