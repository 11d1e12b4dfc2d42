"""Temporary users of this machine for a JupyterHub, and what their processes use."""

import secrets
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

KINDS = {
    "jupyterhub.singleuser": "server",
    "ipykernel_launcher": "kernel",
    "local_taskrouter": "emulator",
}


@dataclass(frozen=True)
class User:
    """A user of this machine, created for a test."""

    name: str
    uid: int
    home: Path

    def processes(self) -> list[psutil.Process]:
        """The user's processes that run now, without zombies."""
        return [process for process in psutil.process_iter() if self._runs(process)]

    def commands(self) -> list[str]:
        """The command of each of these processes that has not ended meanwhile."""
        found: list[str] = []
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                found.append(" ".join(process.cmdline()))
        return found

    def memory(self) -> Counter[str]:
        """PSS in bytes by kind of process: each process is charged its share of shared memory."""
        sizes: Counter[str] = Counter()
        for process in self.processes():
            try:
                sizes[kind_of(process)] += process.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
        return sizes

    def cpu_seconds(self) -> float:
        """CPU time of the running processes and their finished children."""
        total = 0.0
        for process in self.processes():
            try:
                total += sum(process.cpu_times()[:4])
            except psutil.NoSuchProcess:
                continue
        return total

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, without checking its exit code."""
        return subprocess.run(
            command,
            user=self.uid,
            group=self.uid,
            extra_groups=[],
            check=False,
            capture_output=True,
            text=True,
        )

    def _runs(self, process: psutil.Process) -> bool:
        try:
            zombie = process.status() == psutil.STATUS_ZOMBIE
            return not zombie and process.uids().real == self.uid
        except psutil.NoSuchProcess:
            return False


def kind_of(process: psutil.Process) -> str:
    """ "server", "kernel" or "emulator"; else the name of the program."""
    command = process.cmdline()
    return next((kind for word, kind in KINDS.items() if word in command), process.name())


@contextmanager
def system_users(count: int) -> Iterator[list[User]]:
    """Create users, and remove them with their processes at the end. Needs root.

    Every user can enter the others' home folders, as on many hosts.
    """
    import pwd  # Windows has none

    prefix = f"room{secrets.token_hex(3)}"
    users: list[User] = []
    with ExitStack() as removals:
        for number in range(1, count + 1):
            name = f"{prefix}n{number:02}"
            subprocess.run(["useradd", "-m", "-U", name], check=True)
            entry = pwd.getpwnam(name)
            users.append(User(name, entry.pw_uid, Path(entry.pw_dir)))
            removals.callback(_remove, users[-1])
            users[-1].home.chmod(0o755)
        yield users


def _remove(user: User) -> None:
    for process in user.processes():
        process.kill()
    psutil.wait_procs(user.processes(), timeout=10)
    subprocess.run(["userdel", "-r", user.name], stderr=subprocess.DEVNULL, check=True)


def missing_for_users() -> str:
    """What `system_users` lacks on this machine; "" when nothing is missing."""
    if not shutil.which("useradd") or not psutil.LINUX:
        return "users are created by useradd, on Linux"
    return "" if psutil.Process().uids().effective == 0 else "only root can create users"
