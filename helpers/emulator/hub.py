"""On a JupyterHub an emulator ends with its learner's server.

A learner who stops the server has nothing left to come back to, and on a shared host every emulator
that stays costs memory. JupyterHub marks a single-user server, and all that it starts, with the
environment variable JUPYTERHUB_SERVICE_PREFIX
(https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html).
"""

import os

import psutil

_MARK = "JUPYTERHUB_SERVICE_PREFIX"


class SingleUserServer:
    """The single-user server that this process was started from, directly or by a kernel.

    That is the topmost process above this one that has the same mark. Outside a hub there is none,
    `process` is None, and it never ends.
    """

    def __init__(self) -> None:
        own = os.environ.get(_MARK)
        above = psutil.Process().parents() if own else []
        marked = [process for process in above if _mark_of(process) == own]
        self.process: psutil.Process | None = marked[-1] if marked else None

    def has_ended(self) -> bool:
        """Whether it is gone; another process that got its number later is not taken for it."""
        try:
            process = self.process
            return process is not None and (
                not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return True


def _mark_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(_MARK)
    except psutil.Error:  # it belongs to somebody else, or has just ended
        return None
