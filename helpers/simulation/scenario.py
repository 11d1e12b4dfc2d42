"""Staffing plans and Workflows as data, validated before any request is sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.simulation.customers import HOUR, TICK, Customer


@dataclass(frozen=True)
class Scenario:
    """A day's customers, a staffing plan and a Workflow; `day`, `plan` and `workflow` name them.

    `staff` is as in `{"Alice": {"languages": ["en", "es"], "hours": (9, 17)}}`. `targets` adds
    fields to a language's target in the Workflow, as in `{"es": {"priority": 10}}`.
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
        """The customers' languages, in alphabetical order."""
        return sorted({customer.language for customer in self.customers})


@dataclass(frozen=True)
class Shift:
    """One Worker's shift: `begins` and `ends` are in seconds from midnight."""

    name: str
    languages: tuple[str, ...]
    begins: int
    ends: int

    @property
    def attributes(self) -> str:
        """The Worker's attributes, as JSON."""
        return json.dumps({"languages": self.languages})


def shifts(scenario: Scenario) -> list[Shift]:
    """The shifts of the staffing plan, in the plan's order.

    Raises ValueError, naming the Worker, for an invalid entry.
    """
    return [_shift(name, entry) for name, entry in scenario.staff.items()]


def target_workers(language: str) -> str:
    """The expression of the TaskQueue for a language."""
    return f'languages HAS "{language}"'


def configuration(scenario: Scenario, queue_sids: Mapping[str, str]) -> str:
    """The Workflow's configuration: a filter for each language, to the TaskQueue of that language.

    https://www.twilio.com/docs/taskrouter/workflow-configuration

    Raises ValueError when `targets` holds a timeout, or a language that no customer speaks.
    """
    if unknown := set(scenario.targets) - set(queue_sids):
        raise ValueError(
            f"The Workflow {scenario.workflow!r} has targets for {', '.join(sorted(unknown))}, "
            "which no customer speaks. Leave them out, or draw customers who do."
        )
    if any("timeout" in target for target in scenario.targets.values()):
        raise ValueError(
            f"The Workflow {scenario.workflow!r} has a timeout, after which TaskRouter would "
            "cancel the Task. Leave it out: the customers' patience already limits the wait."
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
            f"{name} has {entry}. Give a list of languages and the hours of one day, as in "
            '{"languages": ["en"], "hours": (9, 17)}.'
        ) from None
