"""A learner on a JupyterHub: opens notebooks as JupyterLab does, and runs them cell by cell."""

import json
import secrets
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import nbformat
from hub_process import Hub
from hub_users import User
from websocket import WebSocket, create_connection

CELL_SECONDS = 300
PRINT_ADDRESS = "from helpers import connect; print(connect().address)"
_BINARY_MESSAGE: dict[str, Any] = {"parent_header": {}}  # of a widget: skipped


class CellFailed(AssertionError):
    """A cell raised unexpectedly, or did not raise as its tag promises."""


class Learner(Thread):
    """Runs `notebooks` one after the other on the user's server, each in a new kernel.

    After each notebook, `addresses` gets the URL of the TaskRouter that its kernel used, `memory`
    the PSS in bytes by kind of process, and `cpu_seconds` is updated. `error` holds what went wrong.
    """

    def __init__(self, hub: Hub, user: User, notebooks: list[Path]) -> None:
        super().__init__(name=user.name)
        self.hub, self.user, self.notebooks = hub, user, notebooks
        self.cells = 0
        self.addresses: list[str] = []
        self.memory: list[dict[str, int]] = []
        self.cpu_seconds = 0.0
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            for notebook in self.notebooks:
                self.work_through(notebook)
        except Exception as error:  # noqa: BLE001 - reported by Room.learn
            error.add_note(f"{self.user.name}, after {self.cells} cells")
            self.error = error

    def work_through(self, notebook: Path) -> None:
        """Open the notebook, run every cell, and shut its kernel down."""
        api = f"/user/{self.user.name}/api"
        body = {
            "type": "notebook",
            "name": notebook.name,
            "path": f"notebooks/{notebook.name}",
            "kernel": {"name": "python3"},
        }
        session = self.hub.request("POST", f"{api}/sessions", json=body).json()
        with closing(
            Kernel(self.hub, f"{api}/kernels/{session['kernel']['id']}/channels")
        ) as kernel:
            for cell in nbformat.read(notebook, as_version=4).cells:
                if cell.cell_type == "code":
                    fails = "raises-exception" in cell.metadata.get("tags", [])
                    kernel.execute(cell.source, f"{notebook.name}: {cell.source}", fails)
                    self.cells += 1
            self.addresses.append(kernel.execute(PRINT_ADDRESS, "the TaskRouter's address").strip())
            self.memory.append(dict(self.user.memory()))
            self.cpu_seconds = self.user.cpu_seconds()
        self.hub.request("DELETE", f"{api}/sessions/{session['id']}")


class Kernel:
    """A kernel on a learner's server, on the websocket that JupyterLab uses."""

    def __init__(self, hub: Hub, path: str) -> None:
        self.session = secrets.token_hex(8)
        self.socket: WebSocket = create_connection(
            f"{hub.url.replace('http', 'ws', 1)}{path}?session_id={self.session}",
            header=[f"Authorization: token {hub.token}"],
            timeout=CELL_SECONDS,
            http_no_proxy=["*"],
        )

    def execute(self, code: str, name: str, fails: bool = False) -> str:
        """Run `code`, wait until the kernel is idle again, and return what it printed.

        Raises CellFailed, with the cell's `name`, when the code raises and should not (`fails`), or
        the other way round.
        """
        sent = self._send(code)
        printed, reply, idle = "", None, False
        while reply is None or not idle:
            received = self.socket.recv()
            message = json.loads(received) if isinstance(received, str) else _BINARY_MESSAGE
            if message["parent_header"].get("msg_id") != sent:
                continue
            content, kind = message["content"], message["msg_type"]
            if kind == "stream":
                printed += content["text"]
            elif kind == "execute_reply":
                reply = content
            elif kind == "status":
                idle = content["execution_state"] == "idle"
        if (reply["status"] != "ok") != fails:
            problem = f"{reply.get('ename')}: {reply.get('evalue')}"
            raise CellFailed(f"{name}\n{'it should fail, and did not' if fails else problem}")
        return printed

    def _send(self, code: str) -> str:
        header: dict[str, Any] = {
            "msg_id": secrets.token_hex(16),
            "msg_type": "execute_request",
            "session": self.session,
            "username": "",
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "allow_stdin": False, "stop_on_error": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        self.socket.send(json.dumps({**message, "channel": "shell", "buffers": []}))
        return header["msg_id"]

    def close(self) -> None:
        self.socket.close()
