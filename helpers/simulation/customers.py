"""A day's customers, drawn from a seed: the same seed gives the same customers, on any machine.

Only `random.Random.random` is used, the one sequence that Python promises to keep
(https://docs.python.org/3/library/random.html#notes-on-reproducibility).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log
from random import Random

TICK = 30
"""Seconds between two looks at the floor: every time of a day is a multiple of it."""
HOUR = 3600


@dataclass(frozen=True)
class Customer:
    """Somebody who will ask for help. All times are in seconds.

    `arrives` counts from midnight; `patience` is how long the customer waits, `handling` how long
    the conversation takes.
    """

    number: int
    language: str
    arrives: int
    patience: int
    handling: int


def draw_customers(
    rates: Mapping[str, Mapping[float, float]],
    closes: float,
    seed: int,
    patience: float = 12.0,
    handling: float = 4.0,
) -> list[Customer]:
    """Draw a day's customers, in order of arrival.

    `rates` holds, by language, the customers an hour from each hour of the day on, as in
    `{"en": {9: 20, 12.5: 30}}`; nobody comes before the first hour, or from `closes` on. They come
    as a Poisson process of that changing rate, by thinning (Lewis and Shedler 1979). `patience` is
    the mean of an exponential, `handling` that of an Erlang distribution of two phases; both are in
    minutes.

    Raises ValueError when a number makes no sense.
    """
    if not (patience > 0 and handling > 0):
        raise ValueError("patience and handling are minutes, more than 0.")
    drawn = []
    for language, steps in rates.items():
        random = Random(f"{seed} {language}")  # so that one language leaves the others as they are
        for arrives in _arrivals(random, _checked(language, steps), closes):
            waits = _exponential(random, 60 * patience)
            talks = sum(_exponential(random, 30 * handling) for _ in range(2))
            drawn.append((_rounded(arrives), language, _rounded(waits), _rounded(talks)))
    drawn.sort()
    return [
        Customer(number, language, arrives, max(TICK, waits), max(TICK, talks))
        for number, (arrives, language, waits, talks) in enumerate(drawn, start=1)
    ]


def _checked(language: str, steps: Mapping[float, float]) -> dict[float, float]:
    if not steps or any(rate < 0 for rate in steps.values()) or not any(steps.values()):
        raise ValueError(
            f"{language!r} needs customers an hour by hour, as in {{9: 20, 12: 30}}, not {steps}."
        )
    return dict(sorted(steps.items()))


def _arrivals(random: Random, steps: Mapping[float, float], closes: float) -> Iterator[float]:
    """Candidates at the highest rate, each kept as often as the rate of its moment asks."""
    highest = max(steps.values())
    now = min(steps) * HOUR
    while (now := now + _exponential(random, HOUR / highest)) < closes * HOUR:
        rate = next(rate for hour, rate in reversed(steps.items()) if hour * HOUR <= now)
        if random.random() * highest < rate:
            yield now


def _exponential(random: Random, mean: float) -> float:
    return -mean * log(1.0 - random.random())


def _rounded(seconds: float) -> int:
    return TICK * round(seconds / TICK)
