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
from local_taskrouter.process.home import Home, Running

from helpers.checks import wait_for


class Room:
    """The learners, and what can be asked about all of them.

    `seconds` has how long each of "open", "learn" and "close" took, once it is done.
    """

    def __init__(self, learners: list[Learner]) -> None:
        self.learners = learners
        self.seconds: dict[str, float] = {}

    def open(self) -> None:
        """Start everybody's server at once, and wait until all are ready."""
        with self._timed("open"):
            self._for_all(lambda learner: learner.hub.start_server(learner.user.name))

    def learn(self) -> None:
        """Let everybody run their notebooks, at once. Raises an ExceptionGroup of what went wrong."""
        with self._timed("learn"):
            for learner in self.learners:
                learner.start()
            for learner in self.learners:
                learner.join()
        if faults := [learner.fault for learner in self.learners if learner.fault]:
            raise ExceptionGroup("not everybody could learn", faults)

    def close(self) -> None:
        """Stop everybody's server at once, and wait until nothing runs for anybody any more.

        Raises CheckFailed when something still does.
        """
        with self._timed("close"):
            self._for_all(lambda learner: learner.hub.stop_server(learner.user.name))
            wait_for("nothing is left running", lambda: not self.running(), timeout=STOP_SECONDS)

    def running(self) -> list[str]:
        """The command of each process of each learner."""
        users = [learner.user for learner in self.learners]
        return [" ".join(one.cmdline()) for user in users for one in user.processes()]

    def emulators(self) -> dict[User, Running]:
        """The emulator of each learner, as its home folder describes it."""
        found = {learner.user: home_of(learner.user).running() for learner in self.learners}
        return {user: running for user, running in found.items() if running}

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.seconds[what] = perf_counter() - began

    def _for_all(self, action: Callable[[Learner], None]) -> None:
        with ThreadPoolExecutor(len(self.learners)) as pool:
            list(pool.map(action, self.learners))


@contextmanager
def room(notebooks: list[list[Path]]) -> Iterator[Room]:
    """Make a room of as many users of this machine as there are lists of notebooks to run.

    They have a hub of their own. At the end all are gone.
    """
    with (
        tempfile.TemporaryDirectory(prefix="room-", ignore_cleanup_errors=True) as name,
        system_users(len(notebooks)) as users,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        with running_hub(folder, users) as hub:
            yield Room([Learner(hub, *each) for each in zip(users, notebooks, strict=True)])


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
