"""A workshop in one room: learners on one JupyterHub on one machine, all at work at once."""

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import requests
from hub_learner import Learner
from hub_process import STOP_SECONDS, cannot_run_a_hub, running_hub
from hub_users import User, cannot_make_users, system_users

from helpers.checks import wait_for
from helpers.emulator.home import Home, Running


class Room:
    """The learners, and what can be asked about all of them."""

    def __init__(self, learners: list[Learner]) -> None:
        self.learners = learners

    def open(self) -> float:
        """Start everybody's server at once; the seconds it took."""
        return self._for_all(lambda learner: learner.hub.start_server(learner.user.name))

    def learn(self) -> float:
        """Let everybody run all notebooks, at once; the seconds it took. Raises the first fault."""
        began = perf_counter()
        for learner in self.learners:
            learner.start()
        for learner in self.learners:
            learner.join()
        for learner in self.learners:
            if learner.fault:
                raise learner.fault
        return perf_counter() - began

    def close(self) -> float:
        """Stop everybody's server at once; the seconds until nothing ran for anybody any more.

        Raises CheckFailed, naming what still runs, when something does.
        """
        began = perf_counter()
        self._for_all(lambda learner: learner.hub.stop_server(learner.user.name))
        wait_for("nothing is left running", lambda: not self.running(), timeout=STOP_SECONDS)
        return perf_counter() - began

    def running(self) -> list[str]:
        """The command of each process of each learner."""
        users = [learner.user for learner in self.learners]
        return [" ".join(one.cmdline()) for user in users for one in user.processes()]

    def emulators(self) -> dict[User, Running]:
        """The emulator of each learner, as its home folder describes it."""
        found = {learner.user: home_of(learner.user).running() for learner in self.learners}
        return {user: running for user, running in found.items() if running}

    def _for_all(self, action: Callable[[Learner], None]) -> float:
        began = perf_counter()
        with ThreadPoolExecutor(len(self.learners)) as pool:
            list(pool.map(action, self.learners))
        return perf_counter() - began


@contextmanager
def room(count: int, notebooks: list[Path]) -> Iterator[Room]:
    """A room of `count` users of this machine on a hub of their own. At the end all are gone."""
    with (
        tempfile.TemporaryDirectory(prefix="room-", ignore_cleanup_errors=True) as name,
        system_users(count) as users,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        with running_hub(folder, users) as hub:
            yield Room([Learner(hub, user, notebooks) for user in users])


def why_not() -> str:
    """Why there can be no room on this machine; "" when there can."""
    return cannot_make_users() or cannot_run_a_hub()


def home_of(user: User) -> Home:
    return Home(user.home / ".local" / "state" / "taskrouter-notebooks")


def status_for(asking: Running, url: str) -> int:
    """The HTTP status that the emulator at `url` gives to who has the credentials of `asking`."""
    with requests.Session() as session:
        session.trust_env = False
        session.auth = (asking.account_sid, asking.auth_token)
        return session.get(f"{url}/v1/Workspaces", timeout=60).status_code
