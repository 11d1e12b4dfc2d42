"""Where a Task that does not exist would come to stand, were it created now."""

from dataclasses import replace

from helpers.explanation.evidence import Evidence, attributes_of
from helpers.explanation.staff import count_presence, judge_staff
from helpers.explanation.standing import Standing, configuration_of
from helpers.rules.workflow import Target

FELL_OUT = "Task canceled on Workflow timeout"


def route(evidence: Evidence) -> tuple[Evidence, Standing]:
    """Take the Task of the evidence through its Workflow; the Task as it would be, and where.

    A step is skipped as TaskRouter does it: when nobody can be reserved at once and `skip_if` holds
    (https://www.twilio.com/docs/taskrouter/worker-presence). A Task that is skipped out of its
    Workflow is canceled.
    """
    configuration = configuration_of(evidence)
    if configuration is None:
        return evidence, Standing()
    attributes = attributes_of(evidence.task)
    step = configuration.first_step(attributes)
    standing = Standing()
    while step is not None:
        standing = Standing(step, configuration.target(step))
        evidence = _moved(evidence, configuration.target(step))
        if not _is_skipped(evidence, configuration.target(step)):
            return evidence, standing
        step = configuration.step_after_skip(step, attributes)
    if standing.step is not None:
        canceled = replace(evidence.task, assignment_status="canceled", reason=FELL_OUT)
        evidence = replace(evidence, task=canceled)
    return evidence, standing


def _moved(evidence: Evidence, target: Target) -> Evidence:
    task = evidence.task
    priority = task.priority if target.priority is None else target.priority
    return replace(evidence, task=replace(task, task_queue_sid=target.queue, priority=priority))


def _is_skipped(evidence: Evidence, target: Target) -> bool:
    if target.skip_if is None or any(one.is_eligible for one in judge_staff(evidence, target)):
        return False
    return target.skip_if.matches(count_presence(evidence, target.queue))
