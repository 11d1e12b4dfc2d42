"""The exercise of lesson 09: one more Worker for one hour, at the lowest cost."""

import json
from collections.abc import Mapping
from typing import Any

from helpers.exercises.self_check import Line, SelfCheck
from helpers.simulation.results import outcomes, workload
from helpers.simulation.workday import Day

NEW, LANGUAGE = "Dario", "es"
LONGEST = 3.0  # minutes
COSTS = {True: 26, False: 20}  # an hour of a Worker with Spanish, and of one without
CHEAPEST = COSTS[False]
PEAK = 12  # the hour in which most customers come
TEAM = {  # the plan without the new Worker
    "Alice": {"languages": ["en", "es"], "hours": (9, 17)},
    "Bob": {"languages": ["en"], "hours": (9, 17)},
    "Carol": {"languages": ["en"], "hours": (9, 17)},
    "Elena": {"languages": ["en", "es"], "hours": (11, 15)},
}
_HALF_HOUR = 1800  # seconds


def cheapest_hour(day: Day) -> SelfCheck:
    """Lesson 09: with one cheap hour, nine of ten customers in Spanish wait under three minutes.

    Reads the played day from TaskRouter: Events, the new Worker's attributes and Statistics, and the
    Workflow.
    """
    run, rows = day.runs[0], outcomes(day)
    minutes = float(rows[rows.language == LANGUAGE].waited.quantile(0.9)) / 60
    [workflow] = run.workspace.workflows.list()
    others = {name: plan for name, plan in run.scenario.staff.items() if name != NEW}
    first_come = "priority" not in str(workflow.configuration)
    is_same = first_come and others == TEAM
    hours, speaks, at_peak = 0.0, False, False
    if NEW in run.worker_sids:
        load = workload(day).set_index("worker")
        hours = round(float(load.available[NEW]) / _HALF_HOUR) / 2
        attributes = run.workspace.workers(run.worker_sids[NEW]).fetch().attributes
        speaks = LANGUAGE in json.loads(attributes or "{}")["languages"]
        begins, ends = run.scenario.staff[NEW]["hours"]
        at_peak = begins < PEAK + 1 and ends > PEAK
    cost = COSTS[speaks] * hours
    if not is_same:
        said = _changed(run.scenario.staff, first_come)
    elif not hours:
        said = "Add Dario to the plan, as Elena was added to the team."
    elif minutes >= LONGEST and at_peak:
        said = (
            f"{minutes:.1f} minutes: at the peak Elena is there too. In which later hour do many"
            " still wait?"
        )
    elif minutes >= LONGEST:
        said = (
            f"{minutes:.2f} minutes: it must be under {LONGEST:g}. The percentile counts customers, so"
            " an hour with few of them changes little; and on one day chance can make it longer."
        )
    elif hours > 1:
        said = f"{minutes:.1f} minutes with {hours:g} hours: one is enough, if it is the right one."
    elif speaks:
        said = f"{minutes:.1f} minutes, and {cost:g}: is Spanish what you are paying for?"
    else:
        said = "Give Dario one whole hour."
    return SelfCheck(
        "The cheapest hour",
        [
            Line(
                "Nine of ten customers in Spanish wait less than three minutes",
                minutes < LONGEST,
                f"the 90th percentile is {minutes:.1f} minutes",
                said,
            ),
            Line(
                f"Dario's hour costs {CHEAPEST}",
                cost == CHEAPEST,
                f"he costs {cost:g}" if hours else "he is not in the plan",
                said,
            ),
            Line("All else is as it was", is_same, "it is not", said),
        ],
    )


def _changed(plan: Mapping[str, Any], first_come: bool) -> str:
    """What to do about a plan or a Workflow in which more than Dario is new."""
    changed = [name for name in TEAM if plan.get(name) != TEAM[name]]
    if not changed and first_come and NEW not in plan:
        return f"The new Worker is called {NEW}."
    if not changed or not first_come:
        return "Only one Worker may be new, and the Workflow stays first come."
    return (
        f"{changed[0]} is not as before. Keep everyone in `base`, with their hours:"
        " `plan = base | {...}`."
    )
