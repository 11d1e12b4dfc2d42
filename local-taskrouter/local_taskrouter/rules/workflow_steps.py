"""How a Task moves through the steps of its Workflow.

A Task leaves a step at its timeout, which is an age of the Task, or skips it at once if no Worker
can be reserved and the target's `skip_if` is true.

Sources: https://www.twilio.com/docs/taskrouter/task-evaluation (timeouts) and
https://www.twilio.com/docs/taskrouter/worker-presence (skip_if).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local_taskrouter.rules.workflow import Configuration, Step, Target

WORKFLOW_TIMEOUT_REASON = "Task canceled on Workflow timeout"
"""The `reason` of a Task that TaskRouter cancels because it left its Workflow."""

Attributes = Mapping[str, Any]
Presence = Callable[[str], Mapping[str, Any]]
"""From a TaskQueue's SID to what `skip_if` reads of its Workers, see rules/scope.py."""


def first_not_skipped(
    configuration: Configuration,
    step: Step | None,
    attributes: Attributes,
    enter: Callable[[Step], bool],
    presence: Presence,
) -> Step | None:
    """Return the first step from `step` on that is not skipped; None: the Task leaves the Workflow.

    `enter(step)` puts the Task there and returns whether a Worker can be reserved for it at once.
    """
    while step is not None:
        if enter(step) or not is_skipped(configuration.target(step), presence):
            break
        step = configuration.step_after_skip(step, attributes)
    return step


def is_skipped(target: Target, presence: Presence) -> bool:
    """Whether a Task at `target` moves on at once when no Worker can be reserved."""
    return target.skip_if is not None and target.skip_if.matches(presence(target.queue))


def first_not_timed_out(
    configuration: Configuration,
    step: Step | None,
    attributes: Attributes,
    is_timed_out: Callable[[Step], bool],
) -> Step | None:
    """Return the first step from `step` on before its timeout; None: out of the Workflow."""
    while step is not None and is_timed_out(step):
        step = configuration.step_after_timeout(step, attributes)
    return step


def reachable_steps(
    configuration: Configuration, attributes: Attributes, age: int
) -> Iterator[Step]:
    """Yield every step that a Task of this age, in seconds, can have reached; some twice.

    At a step with `skip_if` it may have waited or not.
    """
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
