"""Where a Task waits: the Workflow's filters, the TaskQueue, the target, and for how long.

`dry_run` finds where a Task that is not yet created would wait.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from local_taskrouter.explanation.candidates import (
    can_be_reserved,
    count_presence,
    is_presence_known,
    is_skip_known,
)
from local_taskrouter.explanation.evidence import Evidence, WorkflowPosition
from local_taskrouter.explanation.verdicts import Verdict, judge
from local_taskrouter.rules.lifecycle import TASK_ENDED, TASK_WAITING
from local_taskrouter.rules.workflow import Configuration, Filter, Step, Target
from local_taskrouter.rules.workflow_steps import WORKFLOW_TIMEOUT_REASON, first_not_skipped


@dataclass(frozen=True)
class FilterView:
    """A filter, judged for the Task's attributes; the default filter has no verdict.

    `queues` names the TaskQueue of each target; `holds_task` marks the filter that led the Task to
    where it waits, which need not be the first that matches: a step that times out or is skipped
    leads to a later one. `after_skips`: it is the default filter, and another filter matches.
    """

    name: str
    verdict: Verdict | None
    queues: tuple[str, ...]
    holds_task: bool
    after_skips: bool = False

    @property
    def matches(self) -> bool:
        """Whether the filter matches; the default filter does when it holds the Task."""
        return self.holds_task if self.verdict is None else self.verdict.holds

    @property
    def outcome(self) -> str:
        """The result in a few words."""
        if self.verdict is None and self.holds_task:
            why = (
                "every filter that matches was skipped" if self.after_skips else "no filter matches"
            )
            return f"{why}, so it holds the Task"
        if self.verdict is None:
            return "not needed"
        if self.holds_task:
            return "matches, and holds the Task"
        return "matches too" if self.verdict.holds else "does not match"


@dataclass(frozen=True)
class Place:
    """The TaskQueue `task_queue`, its settings, and those of the target that led there.

    `route` names the filter and target, "" when no Workflow led there; `is_certain` is false when
    another target leads to the same TaskQueue and nothing shows which one it was, or when a Task
    not yet created might be skipped to a later target. The step ends at
    the age `step_ends_at` in seconds (None: never), in `step_seconds_left`; `after_step` says what
    happens then. `task_seconds_left` are the seconds until the Task's own timeout. `skip_if` is
    judged for the Workers as they are now.
    """

    task_queue: str
    target_workers: str
    max_reserved_workers: int
    age: int
    task_seconds_left: int | None
    route: str = ""
    is_certain: bool = True
    expression: str = ""
    order_by: str = ""
    step_ends_at: int | None = None
    step_seconds_left: int | None = None
    after_step: str = ""
    skip_if: Verdict | None = None


def judge_filters(evidence: Evidence) -> tuple[FilterView, ...]:
    """Judge every filter in its order, the default filter last; () without a valid Workflow that routes it."""
    configuration = evidence.configuration
    if configuration is None or evidence.bypasses_workflow:
        return ()
    step = evidence.position.step
    views = [
        FilterView(
            name=_name(each, index),
            verdict=judge(each.expression, evidence.attributes),
            queues=tuple(_queue_name(evidence, target) for target in each.targets),
            holds_task=step is not None and step.filter_index == index,
        )
        for index, each in enumerate(configuration.filters)
    ]
    if configuration.default is not None:
        holds_task = step is not None and step.filter_index is None
        queues = (_queue_name(evidence, configuration.default),)
        after_skips = any(each.matches for each in views)
        views.append(FilterView("default_filter", None, queues, holds_task, after_skips))
    return tuple(views)


def find_place(evidence: Evidence) -> Place | None:
    """Return where the Task waits; None when it is in no TaskQueue."""
    task, queue = evidence.task, evidence.task_queue
    if queue is None:
        return None
    waits = task.assignment_status in TASK_WAITING
    return Place(
        task_queue=queue.friendly_name or "",
        target_workers=queue.target_workers or "",
        max_reserved_workers=queue.max_reserved_workers or 1,
        age=task.age,
        task_seconds_left=max(0, task.timeout - task.age) if waits else None,
        **_settings_of_target(evidence, waits),
    )


def dry_run(evidence: Evidence) -> Evidence:
    """Route the Task through its Workflow without creating it; return the evidence at the end.

    A Task that every step skips is canceled. Where only unread channels show whether a step is
    skipped, the Task stays there, and its position is not certain.
    """
    configuration = evidence.configuration
    if configuration is None:
        return evidence
    current = evidence

    def enter(step: Step) -> bool:
        nonlocal current
        target = configuration.target(step)
        current = _at_step(current, WorkflowPosition(step, target))
        if can_be_reserved(current):
            return True
        if target.skip_if is None or is_skip_known(current):
            return False
        current = _at_step(current, WorkflowPosition(step, target, is_certain=False))
        return True

    def presence(queue_sid: str) -> Mapping[str, Mapping[str, int]]:
        return count_presence(current, queue_sid)

    first = configuration.first_step(evidence.attributes)
    last = first_not_skipped(configuration, first, evidence.attributes, enter, presence)
    if first is not None and last is None:
        canceled = replace(
            current.task, assignment_status="canceled", reason=WORKFLOW_TIMEOUT_REASON
        )
        return replace(current, task=canceled)
    return current


def _at_step(evidence: Evidence, position: WorkflowPosition) -> Evidence:
    task, target = evidence.task, position.target
    assert target is not None
    priority = task.priority if target.priority is None else target.priority
    task = replace(task, task_queue_sid=target.queue, priority=priority)
    return replace(evidence, task=task, dry_run_position=position)


def _settings_of_target(evidence: Evidence, waits: bool) -> dict[str, Any]:
    configuration, position = evidence.configuration, evidence.position
    step, target = position.step, position.target
    if configuration is None or step is None or target is None:
        return {}
    orders = [f"{term.path} {'DESC' if term.descending else 'ASC'}" for term in target.order_by]
    settings: dict[str, Any] = {
        "route": _route(configuration, step),
        "is_certain": position.is_certain,
        "expression": target.expression.text if target.expression else "",
        "order_by": ", ".join(orders),
    }
    if step.until is not None and evidence.task.assignment_status not in TASK_ENDED:
        settings["step_ends_at"] = step.until
        settings["step_seconds_left"] = max(0, step.until - evidence.task.age) if waits else None
        settings["after_step"] = _after(evidence, configuration, step)
    if target.skip_if is not None and waits and is_presence_known(evidence, target.queue):
        settings["skip_if"] = judge(target.skip_if, count_presence(evidence, target.queue))
    return settings


def _route(configuration: Configuration, step: Step) -> str:
    if step.filter_index is None:
        return "default_filter"
    found = configuration.filters[step.filter_index]
    name = f"filter {_name(found, step.filter_index)!r}"
    if len(found.targets) == 1:
        return name
    return f"{name}, target {step.target_index + 1} of {len(found.targets)}"


def _after(evidence: Evidence, configuration: Configuration, step: Step) -> str:
    """What happens when the step times out."""
    following = configuration.step_after_timeout(step, evidence.attributes)
    if following is None:
        return "it falls out of the Workflow and is canceled"
    target = configuration.target(following)
    if target.queue == evidence.task.task_queue_sid:
        return "it goes on to the next target, in the same TaskQueue"
    return f"it goes on to the next target, in {_queue_name(evidence, target)}"


def _name(filter: Filter, index: int) -> str:
    return filter.friendly_name or f"filter {index + 1}"


def _queue_name(evidence: Evidence, target: Target) -> str:
    queue = evidence.queue(target.queue)
    return target.queue if queue is None else queue.friendly_name or ""
