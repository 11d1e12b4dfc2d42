"""At which step of its Workflow a Task stands, found out from what the REST API shows.

The API tells the TaskQueue, not the step. The rules of helpers/rules/workflow.py and the Task's age
leave few steps that lead there, mostly one. Where `skip_if` leaves several, the Task's Events tell
how it came: each `workflow.target-matched` is one step, reached by a timeout when a
`task-queue.timeout` came before it, else by being skipped
(https://www.twilio.com/docs/taskrouter/api/event/reference).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from helpers.explanation.evidence import Evidence, attributes_of
from helpers.rules.workflow import (
    Configuration,
    ConfigurationError,
    Step,
    Target,
    read_configuration,
)


@dataclass(frozen=True)
class Standing:
    """The step and its target; None when no Workflow led the Task to where it is.

    `sure` is false when the Task might as well stand at another step of the same TaskQueue.
    """

    step: Step | None = None
    target: Target | None = None
    sure: bool = True


def configuration_of(evidence: Evidence) -> Configuration | None:
    """The configuration of the Task's Workflow; None without one, or when it cannot be read."""
    if evidence.workflow is None:
        return None
    try:
        return _read(evidence.workflow.configuration)
    except ConfigurationError:
        return None


@lru_cache(maxsize=64)
def _read(text: str) -> Configuration:
    """Live panels ask again and again for the same text."""
    return read_configuration(text)


def stand(evidence: Evidence) -> Standing:
    """Where the Task stands. Its Events decide unless there is just one possibility."""
    configuration = configuration_of(evidence)
    if configuration is None or evidence.task.task_queue_sid is None:
        return Standing()
    steps = _possible(configuration, evidence.task)
    if len(steps) != 1 and (told := _told(configuration, evidence)) is not None:
        return Standing(told, configuration.target(told))
    if not steps:
        return Standing()
    return Standing(steps[0], configuration.target(steps[0]), len(steps) == 1)


def needs_events(evidence: Evidence) -> bool:
    """Whether the Task's Events are needed to tell where it stands."""
    configuration = configuration_of(evidence)
    return configuration is not None and len(_possible(configuration, evidence.task)) != 1


def targets_in_question(evidence: Evidence) -> list[Target | None]:
    """The targets at which the Task stands or, when it does not exist, may come to stand."""
    configuration = configuration_of(evidence)
    if evidence.task.sid or configuration is None:
        return [stand(evidence).target]
    steps = _way(configuration, attributes_of(evidence.task), 0)
    return [configuration.target(step) for step in steps]


def _possible(configuration: Configuration, task: Any) -> list[Step]:
    """The steps that lead to the Task's TaskQueue and are not over, in the order of its way."""
    waits = task.assignment_status == "pending"
    found = {
        step: None
        for step in _way(configuration, attributes_of(task), task.age)
        if configuration.target(step).queue == task.task_queue_sid
        and not (waits and step.until is not None and task.age >= step.until)
    }
    return list(found)


def _way(configuration: Configuration, attributes: Mapping[str, Any], age: int) -> Iterator[Step]:
    """Every step that a Task of this age can have come to."""
    steps = [configuration.first_step(attributes)]
    while steps:
        step = steps.pop(0)
        if step is None:
            continue
        yield step
        if step.until is not None and age >= step.until:
            steps.append(configuration.step_after_timeout(step, attributes))
        if configuration.target(step).skip_if is not None:
            steps.append(configuration.step_after_skip(step, attributes))


def _told(configuration: Configuration, evidence: Evidence) -> Step | None:
    """The last step of the way that the Events tell of, if it leads to the Task's TaskQueue."""
    step, created = None, 0
    entered = timed_out = False
    for event in evidence.events:
        kind, at = event.event_type, int(event.event_date_ms)
        if kind == "task.created":
            created = at
        elif kind == "workflow.entered":
            entered, timed_out = True, False
        elif kind == "task-queue.timeout":
            timed_out = True
        elif kind == "workflow.target-matched":
            attributes = _attributes_at(event)
            if entered:
                step = configuration.first_step(attributes)
            elif step is not None and timed_out:
                step = configuration.step_after_timeout(step, attributes)
            elif step is not None:
                step = configuration.step_after_skip(step, attributes)
            while (entered or timed_out) and step is not None and _is_over(step, at - created):
                step = configuration.step_after_timeout(step, attributes)
            entered = timed_out = False
    leads = step is not None and configuration.target(step).queue == evidence.task.task_queue_sid
    return step if leads else None


def _is_over(step: Step, milliseconds: int) -> bool:
    """Whether a Task of this age passes the step by; Events round down to milliseconds."""
    return step.until is not None and milliseconds + 1 >= step.until * 1000


def _attributes_at(event: Any) -> Mapping[str, Any]:
    """The Task's attributes when the Event happened."""
    try:
        found = json.loads(event.event_data["task_attributes"])
    except (TypeError, KeyError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
