"""What a snapshot tells about one Task, for the reasoning of helpers/explanation."""

from typing import Any

from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING

from helpers.controls.follow.snapshot import Snapshot


def evidence_of(snapshot: Snapshot, task: Any) -> Evidence:
    """Without the Workers' channels: who holds a Task counts as busy."""
    settings = snapshot.settings
    return Evidence(
        task,
        settings.workflows,
        settings.task_queues,
        snapshot.workers,
        tuple(snapshot.reservations_of(task.sid)),
        held=_held(snapshot),
    )


def _held(snapshot: Snapshot) -> dict[str, tuple[Any, ...]]:
    """The Reservations that take a place, by the SID of their Worker: one walk over all."""
    held: dict[str, tuple[Any, ...]] = {}
    for one in snapshot.reservations:
        if one.reservation_status in RESERVATION_HOLDING:
            held[one.worker_sid] = (*held.get(one.worker_sid, ()), one)
    return held
