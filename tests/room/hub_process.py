"""A JupyterHub on this machine, with a separate proxy, database and ports."""

import json
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from random import randrange
from typing import Any

import requests
from hub_users import User

from helpers.checks import wait_for

CLONE = Path(__file__).parents[2]
START_SECONDS = 300
STOP_SECONDS = 60
LOG_SHOWN = 20_000
NON_EPHEMERAL_PORTS = range(20_000, 32_000)
SETTINGS = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{public}/"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}/"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}/"
c.ConfigurableHTTPProxy.command = [{proxy_command!r}]
c.JupyterHub.authenticator_class = "null"
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--KernelManager.transport=ipc"]
c.Spawner.notebook_dir = "~/tutorial"
c.Spawner.environment = {{"PYTHONPATH": {clone!r}}}
c.Spawner.pre_spawn_hook = lambda spawner: setattr(spawner, "port", {last} + spawner.user.id)
c.Spawner.start_timeout = c.Spawner.http_timeout = {timeout}
c.JupyterHub.services = [{{"name": "room", "api_token": {token!r}}}]
c.JupyterHub.load_roles = [
    {{
        "name": "room",
        "scopes": ["admin:users", "admin:servers", "access:servers"],
        "services": ["room"],
    }}
]
"""


class ProxyUnavailable(RuntimeError):
    """JupyterHub's proxy cannot be installed; the message gives the reason."""


@dataclass(frozen=True)
class Hub:
    """A running JupyterHub. `token` authorizes starting, using and stopping every user's server."""

    url: str
    token: str

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request to the hub's API or, with /user/NAME/api/, to a learner's server.

        Raises requests.HTTPError for an error status.
        """
        response = requests.request(
            method,
            self.url + path,
            headers={"Authorization": f"token {self.token}"},
            timeout=START_SECONDS,
            **options,
        )
        try:
            response.raise_for_status()
        except requests.HTTPError as error:
            error.add_note(response.text[:LOG_SHOWN])
            raise
        return response

    def start_server(self, name: str) -> None:
        """Start the user's server, and wait until it is ready."""
        self.request("POST", f"/hub/api/users/{name}/server")
        wait_for(f"the server of {name}", lambda: self._server_of(name, "ready"), START_SECONDS)

    def stop_server(self, name: str) -> None:
        """Stop the user's server, and wait until the hub reports that it has stopped."""
        self.request("DELETE", f"/hub/api/users/{name}/server")
        wait_for(
            f"the server of {name} to stop",
            lambda: not self._server_of(name, "name"),
            STOP_SECONDS,
        )

    def _server_of(self, name: str, field: str) -> Any:
        servers = self.request("GET", f"/hub/api/users/{name}?include_stopped_servers").json()
        return (servers["servers"].get("") or {}).get(field)


@contextmanager
def running_hub(folder: Path, users: Sequence[User]) -> Iterator[Hub]:
    """Run JupyterHub for `users`, each with a copy of this clone; keep its files in `folder`.

    All users must be able to enter `folder`. Raises ProxyUnavailable.
    """
    token = secrets.token_hex(16)
    public, hub_itself, proxy, *_ = free_ports(3 + len(users))  # the hub numbers users from 1
    clone = copy_clone(folder / "clone")
    for user in users:
        shutil.copytree(clone, user.home / "tutorial")
        subprocess.run(["chown", "-R", user.name, user.home / "tutorial"], check=True)
    settings = folder / "jupyterhub_config.py"
    settings.touch(0o600)
    settings.write_text(
        SETTINGS.format(
            public=public,
            hub=hub_itself,
            proxy=proxy,
            last=proxy,
            proxy_command=str(install_proxy(folder / "proxy")),
            python=sys.executable,
            clone=str(clone),
            timeout=START_SECONDS,
            token=token,
        )
    )
    hub = Hub(f"http://127.0.0.1:{public}", token)
    with open(folder / "hub.log", "wb") as log:
        process = subprocess.Popen(
            [*readable_python(folder), sys.executable, "-m", "jupyterhub", "-f", str(settings)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(
            "JupyterHub starts", lambda: _answers(hub) or process.poll() is not None, START_SECONDS
        )
        assert process.poll() is None, (folder / "hub.log").read_text()[-3000:]
        hub.request("POST", "/hub/api/users", json={"usernames": [user.name for user in users]})
        yield hub
    except Exception as error:
        error.add_note((folder / "hub.log").read_text(errors="replace")[-LOG_SHOWN:])
        raise
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _answers(hub: Hub) -> bool:
    try:
        return hub.request("GET", "/hub/api/users").ok
    except requests.RequestException:
        return False


def free_ports(count: int) -> range:
    """Consecutive free ports outside the range that systems assign to port 0.

    A server binds its port seconds after the choice. The system could assign an ephemeral port to
    another process by then, which would answer in the server's place.
    """
    while True:
        start = randrange(NON_EPHEMERAL_PORTS.start, NON_EPHEMERAL_PORTS.stop - count)
        ports = range(start, start + count)
        if all(map(_is_free, ports)):
            return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def copy_clone(to: Path) -> Path:
    """Copy the parts of this clone that a learner uses, readable for all users."""
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for part in ("helpers", "local-taskrouter", "notebooks"):
        shutil.copytree(CLONE / part, to / part, ignore=ignore)
    subprocess.run(["chmod", "-R", "a+rX", to], check=True)
    return to


def install_proxy(folder: Path) -> Path:
    """Install JupyterHub's proxy with npm, and return its command.

    Raises ProxyUnavailable when npm fails.
    """
    folder.mkdir()
    command = ["npm", "install", "--no-audit", "--no-fund", "configurable-http-proxy@5"]
    (folder / "package.json").write_text(json.dumps({"private": True}))
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    except subprocess.SubprocessError as error:
        raise ProxyUnavailable(f"npm cannot install JupyterHub's proxy here ({error})") from error
    return folder / "node_modules" / ".bin" / "configurable-http-proxy"


def readable_python(folder: Path) -> list[str]:
    """A prefix for a command, so that all users can read this Python in it.

    A Python in a closed folder (root's home, a temporary folder) is mounted for the command in a
    separate mount namespace, where the closed folder holds the Python and nothing else. Nothing
    changes outside, and nothing remains.
    """
    pythons = {Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    closed = {python: top for python in pythons if (top := _closed_above(python))}
    if not closed:
        return []
    lines = []
    for number, python in enumerate(closed):
        (folder / f"python{number}").mkdir()
        lines.append(shlex.join(["mount", "--bind", str(python), f"{folder}/python{number}"]))
    for top in set(closed.values()):
        lines.append(shlex.join(["mount", "-t", "tmpfs", "-o", "mode=755", "none", str(top)]))
    for number, python in enumerate(closed):
        lines.append(shlex.join(["mkdir", "-p", str(python)]))
        lines.append(shlex.join(["mount", "--bind", f"{folder}/python{number}", str(python)]))
    return ["unshare", "--mount", "sh", "-ec", "\n".join([*lines, 'exec "$@"']), "sh"]


def _closed_above(folder: Path) -> Path | None:
    """The first folder on the path to `folder` that other users cannot enter."""
    path = [*reversed(folder.parents), folder]
    return next((each for each in path if not each.stat().st_mode & 0o001), None)


def missing_for_hub() -> str:
    """What `running_hub` lacks on this machine; "" when nothing is missing."""
    if not find_spec("jupyterhub"):
        return "the package jupyterhub is not installed"
    if not shutil.which("npm"):
        return "npm, which installs JupyterHub's proxy, is not installed"
    closed = any(_closed_above(Path(folder).resolve()) for folder in (sys.prefix, sys.base_prefix))
    if closed and not _can_unshare():
        return "this Python is in a folder that other users cannot enter"
    return ""


def _can_unshare() -> bool:
    tried = subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True)
    return tried.returncode == 0
