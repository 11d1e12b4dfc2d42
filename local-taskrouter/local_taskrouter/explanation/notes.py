"""What to look at: the mistakes and obstacles that were met, each with a way out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from local_taskrouter.explanation.candidates import Candidate, needs_channels, of_queue
from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.explanation.filters import FilterView
from local_taskrouter.explanation.sentences import listed
from local_taskrouter.rules.workflow import ConfigurationError, read_configuration

MOST_QUEUES = 3


@dataclass(frozen=True)
class Note:
    """`about` names what to look at (a Worker, a filter, a TaskQueue); `text` says what and how."""

    about: str
    text: str


def notes_on(
    evidence: Evidence,
    filters: Sequence[FilterView],
    staff: Sequence[Candidate],
) -> tuple[Note, ...]:
    """The notes on a Task that waits or cannot be created; nothing keeps the others."""
    if evidence.task.assignment_status != "pending":
        return ()
    found = [*_on_workflow(evidence, filters)]
    if not any(one.is_eligible for one in staff):
        found += [*_on_queue(evidence, staff), *_on_workers(staff)]
        if not found and not any(one.matches for one in staff):
            found += _on_unnamed(evidence)
    return tuple(_together(found))


def _on_workflow(evidence: Evidence, filters: Sequence[FilterView]) -> Iterator[Note]:
    workflow, configuration = evidence.workflow, evidence.configuration
    if workflow is None:
        return
    if configuration is None:
        yield Note(f"Workflow {workflow.friendly_name}", _unreadable(workflow.configuration))
        return
    if not any(one.taken and one.verdict for one in filters):
        for one in filters:
            for trap in one.verdict.traps if one.verdict else ():
                yield Note(f"filter {one.name}", trap)
    if evidence.standing.target is not None:
        return
    if evidence.task.task_queue_sid:
        yield Note(
            f"Workflow {workflow.friendly_name}",
            "As it is now, it does not lead the Task to where it is. A changed Workflow leaves"
            ' its Tasks where they are: update it with re_evaluate_tasks="true" to move them.',
        )
    elif configuration.default is None:
        yield Note(
            f"Workflow {workflow.friendly_name}",
            "It has no default_filter, so there is no TaskQueue for a Task that no filter"
            ' matches. Add one to its configuration: "default_filter": {"queue": "WQ…"}.',
        )


def _on_queue(evidence: Evidence, staff: Sequence[Candidate]) -> Iterator[Note]:
    queue = evidence.queue(evidence.task.task_queue_sid)
    if queue is None:
        return
    about = f"TaskQueue {queue.friendly_name}"
    if not queue.target_workers:
        yield Note(about, 'It has no target_workers. Give it an expression: "1==1" is everybody.')
    elif staff and (error := staff[0].target_workers.error):
        yield Note(about, error)


def _on_workers(staff: Sequence[Candidate]) -> Iterator[Note]:
    for one in staff:
        for verdict in (one.target_workers, one.target):
            for trap in verdict.traps if verdict else ():
                yield Note(one.friendly_name, trap)
        if one.matches and not one.has_pending_reservation:
            yield from _on_obstacles(one)


def _on_obstacles(one: Candidate) -> Iterator[Note]:
    name = one.friendly_name
    if not one.available:
        timed_out = "timeout" in one.asked
        moved = "A Reservation for this Task timed out, and TaskRouter moved the Worker away. "
        yield Note(
            name,
            f"{moved if timed_out else ''}{one.activity_name} is not an available Activity."
            " Update the Worker to one that is.",
        )
    if one.room is not None and not one.room.on:
        yield Note(
            name, f"The channel {one.room.channel} is switched off: update it with available=True."
        )
    elif one.room is not None and one.room.capacity == 0:
        yield Note(name, f"The channel {one.room.channel} has a capacity of 0: raise it.")
    elif one.busy and one.room is not None:
        taken = f": {', '.join(one.holds)}" if one.holds else ""
        yield Note(
            name,
            f"The capacity of the channel {one.room.channel} is used up{taken}. Complete what is"
            " done, or raise the capacity.",
        )


def _on_unnamed(evidence: Evidence) -> Iterator[Note]:
    """TaskQueues to which no Workflow leads, though there are Workers for them."""
    named: set[str] = set()
    for workflow in evidence.workflows:
        try:
            named |= read_configuration(workflow.configuration).queues
        except ConfigurationError:
            return  # it may name any TaskQueue
    unnamed = [q for q in evidence.task_queues if q.sid not in named and not needs_channels(q)]
    for queue in unnamed[:MOST_QUEUES]:
        who = [w.friendly_name for w in evidence.workers if of_queue(evidence, queue, w).holds]
        if who and queue.sid != evidence.task.task_queue_sid:
            yield Note(
                f"TaskQueue {queue.friendly_name}",
                f"No target of any Workflow names it, so no Task gets there, though it has"
                f" Workers ({', '.join(who[:MOST_QUEUES])}). Is it meant? Then name its SID,"
                f" {queue.sid}, in a target.",
            )


def _unreadable(text: str) -> str:
    try:
        read_configuration(text)
    except ConfigurationError as error:
        return f"Its configuration cannot be read here: {error}"
    return ""


def _together(notes: Iterable[Note]) -> Iterator[Note]:
    """The same text about several is said once."""
    about: dict[str, list[str]] = {}
    for note in notes:
        names = about.setdefault(note.text, [])
        names += [note.about] if note.about not in names else []
    for text, names in about.items():
        more = len(names) - MOST_QUEUES
        named = [*names[:MOST_QUEUES], f"{more} more"] if more > 1 else names
        yield Note(listed(named), text)
