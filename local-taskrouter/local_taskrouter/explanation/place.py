"""Where a Task stands: the TaskQueue, the target that led there, and how long it may stay."""

from dataclasses import dataclass

from local_taskrouter.explanation.candidates import count_presence
from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.explanation.verdicts import Verdict, judge
from local_taskrouter.rules.lifecycle import TASK_ENDED, TASK_WAITING
from local_taskrouter.rules.scope import attributes_of


@dataclass(frozen=True)
class Place:
    """`queue`, its `target_workers`, and the target's settings as they are written.

    `way` names the filter and target, "" when no Workflow led there; `sure` is false when another
    target leads to the same TaskQueue and nothing tells which it was. `until` is the Task's age in
    seconds at which the step ends, None when it does not; `left` the seconds until then and
    `after` what happens then. `task_left` are the seconds of the Task's own timeout. `skip_if` is
    judged over the Workers as they are now.
    """

    queue: str
    target_workers: str
    max_reserved_workers: int
    age: int
    task_left: int | None
    way: str = ""
    sure: bool = True
    expression: str = ""
    order_by: str = ""
    until: int | None = None
    left: int | None = None
    after: str = ""
    skip_if: Verdict | None = None


def find_place(evidence: Evidence) -> Place | None:
    """The Place of the evidence's Task; None when it is in no TaskQueue."""
    task = evidence.task
    queue = evidence.queue(task.task_queue_sid)
    if queue is None:
        return None
    waits = task.assignment_status in TASK_WAITING
    place = {
        "queue": queue.friendly_name,
        "target_workers": queue.target_workers or "",
        "max_reserved_workers": queue.max_reserved_workers,
        "age": task.age,
        "task_left": max(0, task.timeout - task.age) if waits else None,
    }
    return Place(**place, **_of_target(evidence, waits))


def _of_target(evidence: Evidence, waits: bool) -> dict[str, object]:
    step, target = evidence.standing.step, evidence.standing.target
    if step is None or target is None:
        return {}
    orders = [f"{one.path} {'DESC' if one.descending else 'ASC'}" for one in target.order_by]
    found: dict[str, object] = {
        "way": _way(evidence),
        "sure": evidence.standing.sure,
        "expression": target.expression.text if target.expression else "",
        "order_by": ", ".join(orders),
    }
    if step.until is not None and evidence.task.assignment_status not in TASK_ENDED:
        found["until"] = step.until
        found["left"] = max(0, step.until - evidence.task.age) if waits else None
        found["after"] = _after(evidence)
    if target.skip_if is not None and waits:
        found["skip_if"] = judge(target.skip_if, count_presence(evidence, target.queue))
    return found


def _way(evidence: Evidence) -> str:
    configuration, step = evidence.configuration, evidence.standing.step
    assert configuration is not None and step is not None
    if step.filter_index is None:
        return "default_filter"
    found = configuration.filters[step.filter_index]
    name = found.friendly_name or f"filter {step.filter_index + 1}"
    if len(found.targets) == 1:
        return f"filter {name!r}"
    return f"filter {name!r}, target {step.target_index + 1} of {len(found.targets)}"


def _after(evidence: Evidence) -> str:
    """What follows when the step's time is over."""
    configuration, step = evidence.configuration, evidence.standing.step
    assert configuration is not None and step is not None
    following = configuration.step_after_timeout(step, attributes_of(evidence.task))
    if following is None:
        return "it falls out of the Workflow and is canceled"
    queue = evidence.queue(configuration.target(following).queue)
    same = queue is not None and queue.sid == evidence.task.task_queue_sid
    name = queue.friendly_name if queue is not None else configuration.target(following).queue
    return f"it goes on to the next target{', in the same TaskQueue' if same else f', in {name}'}"
