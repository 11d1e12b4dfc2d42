"""A real JupyterHub on this machine, for tests: its own proxy, database and ports."""

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
QUIET_PORTS = range(20_000, 32_000)
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
c.Spawner.start_timeout = c.Spawner.http_timeout = {patience}
c.JupyterHub.services = [{{"name": "room", "api_token": {token!r}}}]
c.JupyterHub.load_roles = [
    {{
        "name": "room",
        "scopes": ["admin:users", "admin:servers", "access:servers"],
        "services": ["room"],
    }}
]
"""


class NoProxy(RuntimeError):
    """JupyterHub's proxy cannot be had; the message says why."""


@dataclass(frozen=True)
class Hub:
    """A running JupyterHub; `token` may start, use and stop everybody's server."""

    url: str
    token: str

    def ask(self, method: str, path: str, **parts: Any) -> requests.Response:
        """Send a request to the hub's API or, with /user/NAME/api/, to a learner's server.

        Raises requests.HTTPError when it is refused.
        """
        answer = requests.request(
            method,
            self.url + path,
            headers={"Authorization": f"token {self.token}"},
            timeout=START_SECONDS,
            **parts,
        )
        try:
            answer.raise_for_status()
        except requests.HTTPError as fault:
            fault.add_note(answer.text[:LOG_SHOWN])
            raise
        return answer

    def start_server(self, name: str) -> None:
        """Start the user's server, and wait until it is ready."""
        self.ask("POST", f"/hub/api/users/{name}/server")
        wait_for(f"the server of {name}", lambda: self._server_of(name, "ready"), START_SECONDS)

    def stop_server(self, name: str) -> None:
        """Stop the user's server, and wait until the hub says that it has stopped."""
        self.ask("DELETE", f"/hub/api/users/{name}/server")
        wait_for(f"the end of {name}'s", lambda: not self._server_of(name, "name"), STOP_SECONDS)

    def _server_of(self, name: str, part: str) -> Any:
        servers = self.ask("GET", f"/hub/api/users/{name}?include_stopped_servers").json()
        return (servers["servers"].get("") or {}).get(part)


@contextmanager
def running_hub(folder: Path, users: Sequence[User]) -> Iterator[Hub]:
    """Run JupyterHub for `users`, each with a copy of this clone; its files are in `folder`.

    `folder` must be one that everybody may enter. Raises NoProxy.
    """
    token = secrets.token_hex(16)
    public, hub_itself, proxy, *_ = quiet_ports(3 + len(users))  # users' ids begin with 1
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
            patience=START_SECONDS,
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
        hub.ask("POST", "/hub/api/users", json={"usernames": [user.name for user in users]})
        yield hub
    except Exception as fault:
        fault.add_note((folder / "hub.log").read_text(errors="replace")[-LOG_SHOWN:])
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
        return hub.ask("GET", "/hub/api/users").ok
    except requests.RequestException:
        return False


def quiet_ports(count: int) -> range:
    """Ports in a row that are free, and that no system gives to who asks for any port.

    A server takes its port seconds after it was chosen. Of those that systems give out, somebody
    else may have it by then, and answer in the server's place.
    """
    while True:
        start = randrange(QUIET_PORTS.start, QUIET_PORTS.stop - count)
        ports = range(start, start + count)
        if all(map(_is_free, ports)):
            return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def copy_clone(to: Path) -> Path:
    """What a learner gets of this clone, readable by everybody."""
    forget = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for part in ("helpers", "local-taskrouter", "notebooks"):
        shutil.copytree(CLONE / part, to / part, ignore=forget)
    subprocess.run(["chmod", "-R", "a+rX", to], check=True)
    return to


def install_proxy(folder: Path) -> Path:
    """JupyterHub's proxy, by npm. Raises NoProxy when npm cannot get it."""
    folder.mkdir()
    command = ["npm", "install", "--no-audit", "--no-fund", "configurable-http-proxy@5"]
    (folder / "package.json").write_text(json.dumps({"private": True}))
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    except subprocess.SubprocessError as fault:
        raise NoProxy(f"npm cannot install JupyterHub's proxy here ({fault})") from fault
    return folder / "node_modules" / ".bin" / "configurable-http-proxy"


def readable_python(folder: Path) -> list[str]:
    """What to put before a command, so that all users can read this Python in it.

    A Python that is installed in a closed folder (root's home, a temporary folder) is shown to the
    command in a mount namespace of its own: there the closed folder holds the Python and nothing
    else. Nothing changes outside, and nothing remains.
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
    """The first folder on the way down to `folder` that not everybody may enter."""
    way = [*reversed(folder.parents), folder]
    return next((one for one in way if not one.stat().st_mode & 0o001), None)


def cannot_run_a_hub() -> str:
    """Why `running_hub` cannot work here; "" when it can."""
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
