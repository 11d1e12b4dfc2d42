"""At which step of its Workflow a Task stands, found out from what the REST API shows.

The API tells the TaskQueue, not the step. The rules of local-taskrouter/local_taskrouter/rules/workflow.py and the Task's age
leave few steps that lead there, mostly one. Where `skip_if` leaves several, the Task's Events tell
how it came: each `workflow.target-matched` is one step, reached by a timeout when a
`task-queue.timeout` came before it, else by being skipped
(https://www.twilio.com/docs/taskrouter/api/event/reference).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from local_taskrouter.rules.scope import attributes_of, read_attributes
from local_taskrouter.rules.workflow import (
    Configuration,
    ConfigurationError,
    Step,
    Target,
    read_configuration,
)
from local_taskrouter.rules.workflow_steps import first_not_timed_out, reachable_steps


@dataclass(frozen=True)
class Standing:
    """The step and its target; None when no Workflow led the Task to where it is.

    `sure` is false when the Task might as well stand at another step of the same TaskQueue.
    """

    step: Step | None = None
    target: Target | None = None
    sure: bool = True


def configuration_of(workflow: Any | None) -> Configuration | None:
    """The Workflow's configuration; None without a Workflow, or when it cannot be read."""
    if workflow is None:
        return None
    try:
        return _read(workflow.configuration)
    except ConfigurationError:
        return None


@lru_cache(maxsize=64)
def _read(text: str) -> Configuration:
    """Panels read the same text again and again."""
    return read_configuration(text)


def stand(configuration: Configuration | None, task: Any, events: Sequence[Any]) -> Standing:
    """Where the Task stands; its `events`, oldest first, decide between several possibilities."""
    if configuration is None or task.task_queue_sid is None:
        return Standing()
    steps = _possible(configuration, task)
    if (
        needs_events(configuration, task)
        and (traced := _traced(configuration, task, events)) is not None
    ):
        return Standing(traced, configuration.target(traced))
    if not steps:
        return Standing()
    return Standing(steps[0], configuration.target(steps[0]), len(steps) == 1)


def needs_events(configuration: Configuration | None, task: Any) -> bool:
    """Whether the Task's Events are needed to find out where it stands.

    A canceled Task may have had other attributes at its last step than it has now.
    """
    if configuration is None:
        return False
    return task.assignment_status == "canceled" or len(_possible(configuration, task)) != 1


def _possible(configuration: Configuration, task: Any) -> list[Step]:
    """The steps that lead to the Task's TaskQueue and are not over, in the order of the Workflow."""
    waits = task.assignment_status == "pending"
    found = {
        step: None
        for step in reachable_steps(configuration, attributes_of(task), task.age)
        if configuration.target(step).queue == task.task_queue_sid
        and not (waits and step.until is not None and task.age >= step.until)
    }
    return list(found)


def _traced(configuration: Configuration, task: Any, events: Sequence[Any]) -> Step | None:
    """The last step that the Events lead to, if its TaskQueue is the Task's."""
    step, created = None, 0
    entered = timed_out = False
    for event in events:
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
            if entered or timed_out:
                is_over = partial(_is_over, at - created)
                step = first_not_timed_out(configuration, step, attributes, is_over)
            entered = timed_out = False
    leads = step is not None and configuration.target(step).queue == task.task_queue_sid
    return step if leads else None


def _is_over(milliseconds: int, step: Step) -> bool:
    """Whether a Task of this age does not stop at the step; Events round down to milliseconds."""
    return step.until is not None and milliseconds + 1 >= step.until * 1000


def _attributes_at(event: Any) -> Mapping[str, Any]:
    """The Task's attributes when the Event happened."""
    try:
        return read_attributes(event.event_data["task_attributes"])
    except (TypeError, KeyError):
        return {}
