"""The exercise of lesson 09 on one busy hour, in which all of its wrong answers are possible."""

from dataclasses import replace

import pytest

from helpers.exercises import cheapest_hour
from helpers.exercises.cheapest_hour import TEAM
from helpers.simulation import Scenario, draw_customers, simulate


def dario(begins, ends, *languages):
    return TEAM | {"Dario": {"languages": ["en", *languages], "hours": (begins, ends)}}


PLANS = {  # the plan, and what the self-check says
    "nobody": (TEAM, "Add Dario to the plan"),
    "the peak": (
        dario(12, 13),
        "at the peak Elena is there too. In which later hour do many still wait?",
    ),
    "early": (
        dario(10, 11, "es"),
        "minutes: it must be under 3. The percentile counts customers, so an hour with few",
    ),
    "with Spanish": (dario(14, 15, "es"), "and 26: is Spanish what you are paying for?"),
    "two hours": (dario(14, 16), "with 2 hours: one is enough"),
    "half an hour": (dario(14, 14.5), "Give Dario one whole hour"),
    "two new": (dario(14, 15) | {"Eva": TEAM["Bob"]}, "Only one Worker may be new"),
    "dario": (TEAM | {"dario": dario(14, 15)["Dario"]}, "The new Worker is called Dario."),
    "Dario alone": ({"Dario": dario(14, 15)["Dario"]}, "Keep everyone in `base`"),
    "Elena stays": (
        dario(14, 15) | {"Elena": TEAM["Alice"]},
        "Elena is not as before. Keep everyone in `base`, with their hours",
    ),
}


def scenarios():
    customers = draw_customers({"en": {14: 50, 15: 0}, "es": {14: 20, 15: 0}}, closes=17, seed=3)
    for name, (staff, _) in PLANS.items():
        yield Scenario(name, "your plan", "first come", customers, staff, {})
    first = {"es": {"priority": 10}}
    yield Scenario("Spanish first", "your plan", "first come", customers, TEAM, first)
    yield Scenario("solved", "your plan", "first come", customers, dario(14, 15), {})


@pytest.fixture
def found(session):
    day = simulate(session, list(scenarios()))
    return {run.scenario.day: cheapest_hour(replace(day, runs=[run])) for run in day.runs}


def test_each_wrong_plan_then_is_named_and_one_hour_without_spanish_solves_it(found):
    assert found.pop("solved").solved
    assert "the Workflow stays first come" in found.pop("Spanish first").advice
    said = {name: each.advice for name, each in found.items()}
    assert [name for name, (_, part) in PLANS.items() if part not in said[name]] == [], said
    assert not any(each.solved for each in found.values())
