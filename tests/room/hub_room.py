"""A workshop: learners who work at the same time on one JupyterHub on this machine."""

import json
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import requests
from hub_learner import Learner
from hub_process import STOP_SECONDS, missing_for_hub, running_hub
from hub_users import User, missing_for_users, system_users
from local_taskrouter.process.home import Home, Running

from helpers.checks import wait_for


class Room:
    """The learners of one hub.

    `seconds` holds the duration of "open", "learn" and "close", once each is done.
    """

    def __init__(self, learners: list[Learner]) -> None:
        self.learners = learners
        self.seconds: dict[str, float] = {}

    def open(self) -> None:
        """Start all servers at once, and wait until they are ready."""
        with self._timed("open"):
            self._for_all(lambda learner: learner.hub.start_server(learner.user.name))

    def learn(self) -> None:
        """Run all learners' notebooks at once. Raises an ExceptionGroup of their errors."""
        with self._timed("learn"):
            for learner in self.learners:
                learner.start()
            for learner in self.learners:
                learner.join()
        if errors := [learner.error for learner in self.learners if learner.error]:
            raise ExceptionGroup("a learner's notebooks failed", errors)

    def close(self) -> None:
        """Stop all servers at once, and wait until no learner's process runs.

        Raises CheckFailed when one still runs.
        """
        with self._timed("close"):
            self._for_all(lambda learner: learner.hub.stop_server(learner.user.name))
            wait_for("nothing is left running", lambda: not self.running(), timeout=STOP_SECONDS)

    def running(self) -> list[str]:
        """The command of each process of each learner."""
        return [command for learner in self.learners for command in learner.user.commands()]

    def emulators(self) -> dict[User, Running]:
        """Each learner's running emulator, from the description in its home folder.

        The learner reads it: for root, the home folder of another user is unusable.
        """
        found = {learner.user: _running_of(learner.user) for learner in self.learners}
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
    """Run a hub with one new user of this machine for each list of notebooks to run.

    Removes the hub and the users at the end.
    """
    with (
        tempfile.TemporaryDirectory(prefix="room-", ignore_cleanup_errors=True) as name,
        system_users(len(notebooks)) as users,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        with running_hub(folder, users) as hub:
            yield Room([Learner(hub, *pair) for pair in zip(users, notebooks, strict=True)])


def missing_for_room() -> str:
    """What `room` lacks on this machine; "" when nothing is missing."""
    return missing_for_users() or missing_for_hub()


def home_of(user: User) -> Home:
    return Home(user.home / ".local" / "state" / "taskrouter-notebooks")


def _running_of(user: User) -> Running | None:
    file = home_of(user).running_file
    text = user.run("cat", str(file)).stdout
    return Running.parse(json.loads(text)) if text else None


def status_with_credentials_of(emulator: Running, url: str) -> int:
    """The HTTP status of a request to `url` with the credentials of `emulator`."""
    with requests.Session() as session:
        session.trust_env = False
        session.auth = (emulator.account_sid, emulator.auth_token)
        return session.get(f"{url}/v1/Workspaces", timeout=60).status_code
