"""The filters of the Task's Workflow: which match, which do not, and where each leads."""

from dataclasses import dataclass

from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.explanation.verdicts import Verdict, judge
from local_taskrouter.rules.scope import attributes_of
from local_taskrouter.rules.workflow import Target


@dataclass(frozen=True)
class FilterView:
    """A filter, judged for the Task's attributes; the default filter has no verdict.

    `queues` names the TaskQueue of each target; `taken` marks the filter in which the Task stands.
    """

    name: str
    verdict: Verdict | None
    queues: tuple[str, ...]
    taken: bool

    @property
    def outcome(self) -> str:
        """In words."""
        if self.verdict is None:
            return "no filter matches, so it holds the Task" if self.taken else "not needed"
        if self.taken:
            return "matches, and holds the Task"
        return "matches too" if self.verdict.holds else "does not match"


def judge_filters(evidence: Evidence) -> tuple[FilterView, ...]:
    """Every filter in its order, the default filter last; () without a readable Workflow."""
    configuration = evidence.configuration
    if configuration is None:
        return ()
    step, attributes = evidence.standing.step, attributes_of(evidence.task)
    found = [
        FilterView(
            name=one.friendly_name or f"filter {number + 1}",
            verdict=judge(one.expression, attributes),
            queues=tuple(_queue(evidence, target) for target in one.targets),
            taken=step is not None and step.filter_index == number,
        )
        for number, one in enumerate(configuration.filters)
    ]
    if configuration.default is not None:
        taken = step is not None and step.filter_index is None
        queues = (_queue(evidence, configuration.default),)
        found.append(FilterView("default_filter", None, queues, taken))
    return tuple(found)


def _queue(evidence: Evidence, target: Target) -> str:
    queue = evidence.queue(target.queue)
    return queue.friendly_name if queue is not None else target.queue
