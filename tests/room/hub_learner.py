"""A learner at a JupyterHub, as the hub sees one: notebooks opened in JupyterLab, run cell by cell."""

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
_WITH_BUFFERS: dict[str, Any] = {"parent_header": {}}  # a widget's, of no interest here
ADDRESS = "from helpers import connect; print(connect().address)"


class CellFailed(AssertionError):
    """A cell raised what it was not meant to raise."""


class Learner(Thread):
    """Runs `notebooks` one after the other in the user's server, each in a kernel of its own.

    `addresses` holds, for each, the TaskRouter its kernel spoke with; `memory` the PSS in bytes by
    kind of process, and `cpu_seconds`, at the end of each; `fault` what went wrong.
    """

    def __init__(self, hub: Hub, user: User, notebooks: list[Path]) -> None:
        super().__init__(name=user.name)
        self.hub, self.user, self.notebooks = hub, user, notebooks
        self.cells = 0
        self.addresses: list[str] = []
        self.memory: list[dict[str, int]] = []
        self.cpu_seconds = 0.0
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            for notebook in self.notebooks:
                self.work_through(notebook)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is reported
            fault.add_note(f"{self.user.name}, after {self.cells} cells")
            self.fault = fault

    def work_through(self, notebook: Path) -> None:
        """Open the notebook, run every cell, and shut its kernel down."""
        api = f"/user/{self.user.name}/api"
        wanted = {
            "type": "notebook",
            "name": notebook.name,
            "path": f"notebooks/{notebook.name}",
            "kernel": {"name": "python3"},
        }
        session = self.hub.ask("POST", f"{api}/sessions", json=wanted).json()
        with closing(
            Kernel(self.hub, f"{api}/kernels/{session['kernel']['id']}/channels")
        ) as kernel:
            for cell in nbformat.read(notebook, as_version=4).cells:
                if cell.cell_type == "code":
                    fails = "raises-exception" in cell.metadata.get("tags", [])
                    kernel.execute(cell.source, f"{notebook.name}: {cell.source}", fails)
                    self.cells += 1
            self.addresses.append(kernel.execute(ADDRESS, "its address").strip())
            self.memory.append(dict(self.user.memory()))
            self.cpu_seconds = self.user.cpu_seconds()
        self.hub.ask("DELETE", f"{api}/sessions/{session['id']}")


class Kernel:
    """A kernel of a learner's server, at the websocket that JupyterLab uses."""

    def __init__(self, hub: Hub, path: str) -> None:
        self.session = secrets.token_hex(8)
        self.socket: WebSocket = create_connection(
            f"{hub.url.replace('http', 'ws', 1)}{path}?session_id={self.session}",
            header=[f"Authorization: token {hub.token}"],
            timeout=CELL_SECONDS,
            http_no_proxy=["*"],
        )

    def execute(self, code: str, name: str, fails: bool = False) -> str:
        """Run `code`, and wait until the kernel is idle again; what it printed.

        Raises CellFailed, with the cell's `name`, unless it raises exactly when it `fails`.
        """
        sent = self._send(code)
        printed, reply, idle = "", None, False
        while reply is None or not idle:
            received = self.socket.recv()
            message = json.loads(received) if isinstance(received, str) else _WITH_BUFFERS
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
            said = f"{reply.get('ename')}: {reply.get('evalue')}"
            raise CellFailed(f"{name}\n{said if not fails else 'it was meant to fail'}")
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
