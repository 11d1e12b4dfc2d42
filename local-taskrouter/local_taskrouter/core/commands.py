"""Running commands: each at its moment, whole or not at all, and until nothing more can move."""

from collections.abc import Callable
from typing import TypeVar

from local_taskrouter.core.due import fire
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.routing import offer_to_freed

T = TypeVar("T")


def run(engine: Engine, now: float, command: Callable[[Engine], T]) -> T:
    """Call `command` at the moment `now` and let freed Workers take what waits.

    Whatever it raises undoes everything since the engine's last commit.
    """
    engine.now = now
    try:
        result = command(engine)
        offer_to_freed(engine)
    except BaseException:
        engine.undo()
        raise
    return result


def run_due(engine: Engine, now: float) -> None:
    """Fire every timer up to `now`, each at its own moment, earliest first.

    Whatever it raises undoes everything since the engine's last commit.
    """
    try:
        while (timer := engine.timers.pop(now)) is not None:
            engine.now, record, field = timer
            fire(engine, record, field)
            offer_to_freed(engine)
    except BaseException:
        engine.undo()
        raise
