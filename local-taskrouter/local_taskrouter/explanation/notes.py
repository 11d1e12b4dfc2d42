"""Notes: the mistakes and obstacles found, each with a fix."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from twilio.rest.taskrouter.v1.workspace.task_queue import TaskQueueInstance

from local_taskrouter.explanation.candidates import (
    Candidate,
    judge_target_workers,
    needs_channels,
)
from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.explanation.known_worker import mistake_in_path, mistake_in_value
from local_taskrouter.explanation.place import FilterView
from local_taskrouter.explanation.sentences import join_names
from local_taskrouter.rules.workflow import ConfigurationError, read_configuration

MOST_NAMES = 3


@dataclass(frozen=True)
class Note:
    """`about` names a Worker, filter, TaskQueue or Workflow; `text` is the problem and the fix."""

    about: str
    text: str


def write_notes(
    evidence: Evidence,
    filters: Sequence[FilterView],
    candidates: Sequence[Candidate],
) -> tuple[Note, ...]:
    """Return the notes on a Task that is pending or cannot be created; () for any other."""
    if evidence.task.assignment_status != "pending":
        return ()
    notes = [*_on_workflow(evidence, filters)]
    if not any(each.is_eligible for each in candidates):
        notes += [*_on_task_queue(evidence, candidates), *_on_workers(evidence, candidates)]
        if not notes and not any(each.might_match for each in candidates):
            notes += _on_unused_task_queues(evidence)
    return tuple(_merged(notes))


def _on_workflow(evidence: Evidence, filters: Sequence[FilterView]) -> Iterator[Note]:
    workflow, configuration = evidence.workflow, evidence.configuration
    if workflow is None:
        return
    about = f"Workflow {workflow.friendly_name}"
    if configuration is None:
        yield Note(about, _configuration_error(workflow.configuration or ""))
        return
    if not any(each.holds_task and each.verdict for each in filters):
        for each in filters:
            for mistake in each.verdict.mistakes if each.verdict else ():
                yield Note(f"filter {each.name}", mistake)
    for named in evidence.named_workers:
        if mistake := mistake_in_path(named, evidence.attributes):
            yield Note(about, mistake)
    entered = evidence.task.task_queue_entered_date
    if evidence.task.task_queue_sid and evidence.position.target is None:
        yield Note(
            about,
            "In its present state it does not route the Task to this TaskQueue. A Task goes on in"
            ' the configuration it entered: update the Workflow with re_evaluate_tasks="true" to'
            " route its Tasks by the present one.",
        )
    elif entered and workflow.date_updated and entered < workflow.date_updated:
        yield Note(
            about,
            "It was updated after the Task entered this TaskQueue. If its configuration has"
            " changed, the one before still routes the Task: update the Workflow with"
            ' re_evaluate_tasks="true" to route its Tasks by the present one.',
        )
    elif evidence.position.target is None and configuration.default is None:
        yield Note(
            about,
            "It has no default_filter, so there is no TaskQueue for a Task that no filter"
            ' matches. Add one to its configuration: "default_filter": {"queue": "WQ…"}.',
        )


def _on_task_queue(evidence: Evidence, candidates: Sequence[Candidate]) -> Iterator[Note]:
    queue = evidence.task_queue
    if queue is None:
        return
    about = f"TaskQueue {queue.friendly_name}"
    if not queue.target_workers:
        yield Note(
            about, 'It has no target_workers. Give it an expression: "1==1" matches every Worker.'
        )
    elif candidates and (error := candidates[0].target_workers.error):
        yield Note(about, error)


def _on_workers(evidence: Evidence, candidates: Sequence[Candidate]) -> Iterator[Note]:
    for candidate in candidates:
        for named in evidence.named_workers:
            if mistake := mistake_in_value(named, candidate.friendly_name, candidate.sid):
                yield Note(candidate.friendly_name, mistake)
        for verdict in candidate.verdicts:
            for mistake in verdict.mistakes:
                yield Note(candidate.friendly_name, mistake)
        if candidate.matches and not candidate.is_reserved:
            for text in _obstacles(candidate):
                yield Note(candidate.friendly_name, text)


def _obstacles(candidate: Candidate) -> Iterator[str]:
    if not candidate.is_available:
        timed_out = "timeout" in candidate.reservation_statuses
        moved = "A Reservation for this Task timed out, and TaskRouter moved the Worker away. "
        yield (
            f"{moved if timed_out else ''}{candidate.activity_name} is not an available Activity."
            " Update the Worker to one that is."
        )
    capacity = candidate.capacity
    if capacity is not None and not capacity.is_on:
        yield f"The channel {capacity.channel} is switched off: update it with available=True."
    elif capacity is not None and capacity.configured == 0:
        yield f"The channel {capacity.channel} has a capacity of 0: raise it."
    elif candidate.is_busy and capacity is not None:
        held = f": {', '.join(candidate.holding)}" if candidate.holding else ""
        pending = candidate.pending_holding
        steps = ["wait until the Worker answers or the time is up"] if pending else []
        if not pending or pending < len(candidate.holding):
            steps.append("complete Tasks that are done")
        what = ", ".join([*steps, "or raise the capacity"])
        yield (
            f"The capacity of the channel {capacity.channel} is used up{held}."
            f" {what[0].upper()}{what[1:]}."
        )


def _on_unused_task_queues(evidence: Evidence) -> Iterator[Note]:
    """Notes on TaskQueues that fit the Task and have Workers, but that no Workflow names."""
    used: set[str] = set()
    for workflow in evidence.workflows:
        try:
            used |= read_configuration(workflow.configuration or "").queues
        except ConfigurationError:
            return  # it may name any TaskQueue
    yield from islice(_on_task_queues(evidence, used), MOST_NAMES)


def _on_task_queues(evidence: Evidence, used: set[str]) -> Iterator[Note]:
    for queue in evidence.task_queues:
        if queue.sid in used or not _bears_on_task(evidence, queue) or needs_channels(queue):
            continue
        names = [
            worker.friendly_name or ""
            for worker in evidence.workers
            if judge_target_workers(evidence, queue, worker).holds
        ]
        if names and queue.sid != evidence.task.task_queue_sid:
            yield Note(
                f"TaskQueue {queue.friendly_name}",
                "No target of any Workflow names it, so no Task gets there, though it has Workers"
                f" ({', '.join(names[:MOST_NAMES])}). If it is the one you need, name its SID,"
                f" {queue.sid}, in a target.",
            )


def _bears_on_task(evidence: Evidence, queue: TaskQueueInstance) -> bool:
    """Whether the TaskQueue's name or expression has a word of a text in the Task's attributes."""
    texts = [value for value in evidence.attributes.values() if isinstance(value, str)]
    words = {word for text in texts for word in re.findall(r"\w+", text.casefold())}
    described = f"{queue.friendly_name} {queue.target_workers}".casefold()
    return not words.isdisjoint(re.findall(r"\w+", described))


def _configuration_error(text: str) -> str:
    try:
        read_configuration(text)
    except ConfigurationError as error:
        return f"Its configuration is not valid: {error}"
    return ""


def _merged(notes: Iterable[Note]) -> Iterator[Note]:
    """One note for each text, about all that it concerns."""
    names_by_text: dict[str, list[str]] = {}
    for note in notes:
        names = names_by_text.setdefault(note.text, [])
        names += [note.about] if note.about not in names else []
    for text, names in names_by_text.items():
        yield Note(join_names(names, MOST_NAMES), text)
