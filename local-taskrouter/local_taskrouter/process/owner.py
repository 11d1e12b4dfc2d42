"""The process that an emulator belongs to: when it ends, for whatever reason, the emulator stops.

On a JupyterHub the owner is the learner's single-user server. Once it has ended, nothing uses the
emulator, and on a shared host every emulator that stays costs memory. The state is kept.
"""

import os

import psutil

# JupyterHub sets this for a single-user server, and all processes below it inherit it:
# https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html
_MARK = "JUPYTERHUB_SERVICE_PREFIX"


class Owner:
    """A process to watch. With `process` None there is no owner, and has_ended() is False."""

    def __init__(self, process: psutil.Process | None) -> None:
        self.process = process
        self._gone = False

    @classmethod
    def of_pid(cls, pid: int | None) -> "Owner":
        """The process with this ID; it has ended if there is no such process."""
        owner = cls(None)
        try:
            owner.process = None if pid is None else psutil.Process(pid)
        except psutil.NoSuchProcess:
            owner._gone = True
        return owner

    def has_ended(self) -> bool:
        """Whether the process has ended, even if a new process has its ID now."""
        try:
            process = self.process
            return self._gone or (
                process is not None
                and (not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
            )
        except psutil.NoSuchProcess:
            return True


def single_user_server() -> Owner:
    """The JupyterHub single-user server that started this process, directly or through a kernel.

    It is the topmost process above this one with the same mark. Outside a hub there is no owner.
    """
    own_mark = os.environ.get(_MARK)
    parents = psutil.Process().parents() if own_mark else []
    marked = [process for process in parents if _mark_of(process) == own_mark]
    return Owner(marked[-1] if marked else None)


def _mark_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(_MARK)
    except psutil.Error:  # it belongs to another user, or has just ended
        return None
