"""On a JupyterHub an emulator ends with its learner's server.

A learner who stops the server has nothing left to come back to, and on a shared host every emulator
that stays costs memory. JupyterHub marks a single-user server, and all that it starts, with the
environment variable JUPYTERHUB_SERVICE_PREFIX
(https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html).
"""

import os

import psutil

from local_taskrouter.process.owner import Owner

_MARK = "JUPYTERHUB_SERVICE_PREFIX"


def single_user_server() -> Owner:
    """The single-user server that this process was started from, directly or by a kernel.

    That is the topmost process above this one that has the same mark. Outside a hub there is none.
    """
    own = os.environ.get(_MARK)
    above = psutil.Process().parents() if own else []
    marked = [process for process in above if _mark_of(process) == own]
    return Owner(marked[-1] if marked else None)


def _mark_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(_MARK)
    except psutil.Error:  # it belongs to somebody else, or has just ended
        return None
