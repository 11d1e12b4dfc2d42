"""Staffing plans and Workflows as data, read and checked before anything is sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.simulation.customers import HOUR, TICK, Customer


@dataclass(frozen=True)
class Scenario:
    """Which customers meet which staffing plan and which Workflow; the first three are names.

    `staff` is as in `{"Alice": {"languages": ["en", "es"], "hours": (9, 17)}}`; `targets` adds to
    the Workflow's target of a language, as in `{"es": {"priority": 10}}`.
    """

    day: str
    plan: str
    workflow: str
    customers: Sequence[Customer]
    staff: Mapping[str, Mapping[str, Any]]
    targets: Mapping[str, Mapping[str, Any]]

    @property
    def name(self) -> str:
        return f"{self.day}, {self.plan}, {self.workflow}"

    @property
    def languages(self) -> list[str]:
        """Those of the customers, in alphabetical order."""
        return sorted({customer.language for customer in self.customers})


@dataclass(frozen=True)
class Shift:
    """One Worker's day: languages, and from when to when, in seconds from midnight."""

    name: str
    languages: tuple[str, ...]
    begins: int
    ends: int

    @property
    def attributes(self) -> str:
        """The Worker's attributes, as JSON."""
        return json.dumps({"languages": self.languages})


def shifts(scenario: Scenario) -> list[Shift]:
    """The shifts of its staffing plan, in order of the plan.

    Raises ValueError, naming the Worker, when an entry cannot be read.
    """
    return [_shift(name, entry) for name, entry in scenario.staff.items()]


def target_workers(language: str) -> str:
    """The expression of the TaskQueue for a language."""
    return f'languages HAS "{language}"'


def configuration(scenario: Scenario, queue_sids: Mapping[str, str]) -> str:
    """The Workflow's configuration: a filter for each language, to the TaskQueue of that language.

    https://www.twilio.com/docs/taskrouter/workflow-configuration

    Raises ValueError when `targets` has a language that no customer speaks, or a timeout.
    """
    if unknown := set(scenario.targets) - set(queue_sids):
        raise ValueError(f"The Workflow {scenario.workflow!r} names {unknown}: nobody speaks that.")
    if any("timeout" in target for target in scenario.targets.values()):
        raise ValueError(
            f"The Workflow {scenario.workflow!r} has a timeout, after which TaskRouter would cancel "
            "the Task. Leave it out: here it is the customers who lose patience."
        )
    filters = [
        {
            "filter_friendly_name": language,
            "expression": f'selected_language == "{language}"',
            "targets": [{"queue": sid, **scenario.targets.get(language, {})}],
        }
        for language, sid in queue_sids.items()
    ]
    return json.dumps({"task_routing": {"filters": filters}})


def _shift(name: str, entry: Mapping[str, Any]) -> Shift:
    try:
        languages, hours = entry["languages"], entry["hours"]
        begins, ends = (TICK * round(hour * HOUR / TICK) for hour in hours)
        if isinstance(languages, str) or not 0 <= begins < ends <= 24 * HOUR:
            raise ValueError
        return Shift(name, tuple(languages), begins, ends)
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f'{name} needs languages and hours, as in {{"languages": ["en"], "hours": (9, 17)}}, '
            f"not {entry}."
        ) from None
