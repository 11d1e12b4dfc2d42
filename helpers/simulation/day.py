"""Days played side by side on one local TaskRouter: one clock for all, a Workspace for each.

The clock stands, and is moved from one moment at which something happens to the next. What the
Workspaces do at that moment they do at once, in threads: nothing that one does can reach another.
"""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from helpers.checks import InOneSentence
from helpers.session.session import Session
from helpers.simulation.customers import HOUR
from helpers.simulation.scenario import Scenario
from helpers.simulation.workday import Floor

_THREADS = 4


class ClockStands(InOneSentence, RuntimeError):
    """The clock cannot be moved; the message says why and what to do."""


@dataclass(frozen=True, repr=False)
class Day:
    """What was played: a Floor for each Scenario.

    All were set up at one moment: `since` on TaskRouter's clock (ISO 8601), `opened` by the day's
    own time; `closed` is when the last Task ended. Both are in seconds from midnight.
    """

    floors: Sequence[Floor]
    since: str
    opened: int
    closed: int

    def __repr__(self) -> str:
        tasks = sum(len(floor.scenario.customers) for floor in self.floors)
        hours = (self.closed - self.opened) / HOUR
        return f"{len(self.floors)} Workspaces, {tasks:,} Tasks, {hours:.1f} hours by the clock"


class Clock:
    """The local TaskRouter's clock, which stands as long as this one moves it.

    `now` is what it shows, as ISO 8601. Raises ClockStands when it cannot be moved.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        if session.target != "local":
            raise ClockStands(
                "Real Twilio's clock cannot be moved, so no day can be played there. "
                'Use connect("local", alone=True).'
            )
        self.now = self._tell("freeze", "true")

    def advance(self, seconds: int) -> None:
        """Go forward; what falls due on the way happens at its own moment."""
        self.now = self._tell("advance", str(seconds))

    def _tell(self, what: str, value: str) -> str:
        url = f"{self._session.address}/emulator/clock"
        answer = self._session.client.request("POST", url, data={what: value})
        if answer.status_code != 200:
            raise ClockStands(f"The clock was not moved (HTTP {answer.status_code}).")
        return json.loads(answer.text)["now"]


def simulate(
    session: Session,
    scenarios: Sequence[Scenario],
    progress: Callable[[float], None] = lambda _: None,
) -> Day:
    """Play every scenario, from its first shift or customer until its last Task has ended.

    `progress` is told how much of the time is over, from 0 to 1. The clock is moved for everything
    in this TaskRouter, and stands afterwards: `session` should have one alone.

    Raises ValueError for a plan that cannot be read, ClockStands where no clock can be moved.
    """
    clock = Clock(session)
    since = clock.now
    floors = [Floor(session.client, scenario) for scenario in scenarios]
    opened = now = _next_time(floors) or 0
    ends = max((floor.closes for floor in floors), default=now)
    with ThreadPoolExecutor(_THREADS) as threads:
        while (then := _next_time(floors)) is not None:
            before = clock.now
            clock.advance(then - now)
            now = then
            list(threads.map(partial(Floor.play, now=now, since=before), floors))
            progress((now - opened) / (ends - opened) if now < ends else 1.0)
    return Day(floors, since, opened, now)


def _next_time(floors: Sequence[Floor]) -> int | None:
    times = [time for floor in floors if (time := floor.next_time()) is not None]
    return min(times, default=None)
