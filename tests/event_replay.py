"""The state of a Workspace as its Events alone describe it, to compare with the records."""

RESERVATION_STATUS = {
    "reservation.created": "pending",
    "reservation.accepted": "accepted",
    "reservation.rejected": "rejected",
    "reservation.timeout": "timeout",
    "reservation.canceled": "canceled",
    "reservation.rescinded": "rescinded",
    "reservation.wrapup": "wrapping",
    "reservation.completed": "completed",
}
TASK_STATUS = {
    "task.created": None,
    "task.wrapup": "wrapping",
    "task.canceled": "canceled",
    "task.completed": "completed",
}
TRANSFER_ENDS = ("task.transfer-completed", "task.transfer-failed", "task.transfer-canceled")


class EventReplay:
    """`workers` has each Worker's Activity, `queues` each Task's TaskQueue, `reservations` each
    Reservation's status, all by SID. The status that an Event carries is not used.
    """

    def __init__(self):
        self.workers, self.queues, self.reservations = {}, {}, {}
        self._tasks, self._of_task, self._transferred = {}, {}, set()

    def apply(self, event):
        kind, sid, data = event.event_type, event.resource_sid, event.data
        if kind in RESERVATION_STATUS:
            self.reservations[sid] = RESERVATION_STATUS[kind]
            self._of_task.setdefault(data["task_sid"], set()).add(sid)
        elif kind in TASK_STATUS:
            self._tasks[sid] = TASK_STATUS[kind]
        elif kind == "task.transfer-initiated":
            self._transferred.add(sid)
        elif kind in TRANSFER_ENDS:
            self._transferred.remove(sid)
        elif kind in ("task.deleted", "task.system-deleted"):
            self._remove(sid)
        elif kind == "task-queue.moved":
            assert self.queues.pop(sid) == data["task_queue_sid"]
        elif kind == "task-queue.entered":
            assert self.queues.get(sid, data["task_queue_sid"]) == data["task_queue_sid"]
            self.queues[sid] = data["task_queue_sid"]
        elif kind == "worker.activity.update":
            assert data["worker_previous_activity_sid"] == self.workers[sid]
            self.workers[sid] = data["worker_activity_sid"]
        elif kind == "worker.created":
            self.workers[sid] = data["worker_activity_sid"]
        elif kind == "worker.deleted":
            del self.workers[sid]

    def tasks(self):
        """Return the status of each Task, from its Events or else from its Reservations."""
        return {sid: status or self._by_reservations(sid) for sid, status in self._tasks.items()}

    def _by_reservations(self, task_sid):
        statuses = {self.reservations[sid] for sid in self._of_task.get(task_sid, ())}
        if "accepted" in statuses and task_sid not in self._transferred:
            return "assigned"
        return "reserved" if "pending" in statuses else "pending"

    def _remove(self, task_sid):
        del self._tasks[task_sid], self.queues[task_sid]
        for sid in self._of_task.pop(task_sid, ()):
            del self.reservations[sid]
