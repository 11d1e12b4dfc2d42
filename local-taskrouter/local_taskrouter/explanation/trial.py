"""Where a Task that does not exist would come to stand, were it created now."""

from dataclasses import replace

from local_taskrouter.explanation.candidates import count_presence, judge_staff
from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.explanation.standing import Standing
from local_taskrouter.rules.scope import attributes_of
from local_taskrouter.rules.workflow import Step
from local_taskrouter.rules.workflow_steps import WORKFLOW_TIMEOUT_REASON, first_not_skipped


def foretell(evidence: Evidence) -> Evidence:
    """Take the Task of the evidence through its Workflow, and return the evidence it ends with.

    A Task that is skipped out of its Workflow is canceled.
    """
    configuration, attributes = evidence.configuration, attributes_of(evidence.task)
    if configuration is None:
        return evidence
    found = evidence

    def enter(step: Step) -> bool:
        nonlocal found
        found = _at(found, Standing(step, configuration.target(step)))
        return any(one.is_eligible for one in judge_staff(found))

    def presence(queue_sid: str) -> dict[str, dict[str, int]]:
        return count_presence(found, queue_sid)

    first = configuration.first_step(attributes)
    last = first_not_skipped(configuration, first, attributes, enter, presence)
    if first is not None and last is None:
        canceled = replace(found.task, assignment_status="canceled", reason=WORKFLOW_TIMEOUT_REASON)
        return replace(found, task=canceled)
    return found


def _at(evidence: Evidence, standing: Standing) -> Evidence:
    task, target = evidence.task, standing.target
    assert target is not None
    priority = task.priority if target.priority is None else target.priority
    task = replace(task, task_queue_sid=target.queue, priority=priority)
    return replace(evidence, task=task, foretold=standing)
