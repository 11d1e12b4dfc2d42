"""One Workspace during the day: its customers come, its Workers answer, and time is told to it.

What happens next is in a heap. Things of one moment have an order (the end of a shift, its
beginning, the end of a conversation, of a customer's patience, an arrival) and within it one by
number, so that a day is the same every time.
"""

import json
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

from twilio.rest import Client

from helpers.simulation.customers import Customer
from helpers.simulation.scenario import Scenario, Shift, configuration, shifts, target_workers

_LEAVES, _COMES, _IS_DONE, _GIVES_UP, _ARRIVES = range(5)


class Floor:
    """A Workspace of its own for a Scenario: its Workers, TaskQueues and Workflow, created at once.

    `workspace` is the SDK's context of it; `worker_sids` and `queue_sids` are by name and language;
    `closes` is when the last shift ends or the last customer comes, in seconds from midnight.
    """

    def __init__(self, client: Client, scenario: Scenario) -> None:
        self.scenario = scenario
        self._shifts = shifts(scenario)
        self._customers = {customer.number: customer for customer in scenario.customers}
        workspaces = client.taskrouter.v1.workspaces
        self.workspace = workspaces(str(workspaces.create(friendly_name=scenario.name).sid))
        self._activities = {a.friendly_name: a.sid for a in self.workspace.activities.list()}
        self.worker_sids = {shift.name: self._create_worker(shift) for shift in self._shifts}
        self.queue_sids = {name: self._create_queue(name) for name in scenario.languages}
        self._workflow_sid = self._create_workflow()
        self._waiting: dict[str, Customer] = {}  # by the Task's SID
        self._task_sids: dict[int, str] = {}  # by the customer's number
        self._free: set[int] = set()  # Workers on duty without a Task, by their place in the plan
        self._busy: dict[int, str] = {}  # the Task of each other Worker
        self._leaving: set[int] = set()  # busy ones whose shift is over
        self._agenda = [
            *((c.arrives, _ARRIVES, c.number) for c in scenario.customers),
            *((shift.begins, _COMES, at) for at, shift in enumerate(self._shifts)),
            *((shift.ends, _LEAVES, at) for at, shift in enumerate(self._shifts)),
        ]
        self.closes = max(self._agenda, default=(0,))[0]
        heapify(self._agenda)

    def next_time(self) -> int | None:
        """When something happens next, in seconds from midnight; None: the day is over."""
        while self._agenda:
            time, what, number = self._agenda[0]
            if what != _GIVES_UP or self._task_sids[number] in self._waiting:
                return time
            heappop(self._agenda)
        return None

    def play(self, now: int, since: str) -> None:
        """Do what happens now. `since` is a moment of TaskRouter's clock, of the last `play`."""
        actions: dict[int, Callable[[int, int], None]] = {
            _LEAVES: self._leave,
            _COMES: self._come,
            _IS_DONE: self._finish,
            _GIVES_UP: self._give_up,
            _ARRIVES: self._arrive,
        }
        while self.next_time() == now:
            _, what, number = heappop(self._agenda)
            if what == _GIVES_UP:
                self._accept(now, since)  # a Worker who came free just now is in time
            actions[what](number, now)
        self._accept(now, since)

    def _create_worker(self, shift: Shift) -> str:
        workers = self.workspace.workers
        return str(workers.create(friendly_name=shift.name, attributes=shift.attributes).sid)

    def _create_queue(self, language: str) -> str:
        queues, expression = self.workspace.task_queues, target_workers(language)
        return str(queues.create(friendly_name=language, target_workers=expression).sid)

    def _create_workflow(self) -> str:
        workflow = self.workspace.workflows.create(
            friendly_name=self.scenario.workflow,
            configuration=configuration(self.scenario, self.queue_sids),
        )
        return str(workflow.sid)

    def _arrive(self, number: int, now: int) -> None:
        customer = self._customers[number]
        attributes = {"selected_language": customer.language, "customer": number}
        task = self.workspace.tasks.create(
            attributes=json.dumps(attributes), workflow_sid=self._workflow_sid
        )
        self._waiting[task.sid] = customer
        self._task_sids[number] = task.sid
        heappush(self._agenda, (now + customer.patience, _GIVES_UP, number))

    def _give_up(self, number: int, _: int) -> None:
        sid = self._task_sids[number]
        if self._waiting.pop(sid, None):
            self.workspace.tasks(sid).update(assignment_status="canceled", reason="gave up")

    def _come(self, worker: int, _: int) -> None:
        self._be(worker, "Available")
        self._free.add(worker)

    def _leave(self, worker: int, _: int) -> None:
        if worker in self._busy:
            self._leaving.add(worker)
        else:
            self._free.remove(worker)
            self._be(worker, "Offline")

    def _finish(self, worker: int, _: int) -> None:
        if worker in self._leaving:
            self._be(worker, "Offline")  # before the Task ends, or there would be a next one
        else:
            self._free.add(worker)
        self.workspace.tasks(self._busy.pop(worker)).update(assignment_status="completed")

    def _be(self, worker: int, activity: str) -> None:
        sid = self.worker_sids[self._shifts[worker].name]
        self.workspace.workers(sid).update(activity_sid=self._activities[activity])

    def _accept(self, now: int, since: str) -> None:
        """Accept every Reservation that TaskRouter has made since."""
        if not (self._waiting and self._free):
            return  # nobody can have been reserved
        for event in self._reservations_created(since):
            reservation_sid, task_sid = event["reservation_sid"], event["task_sid"]
            task = self.workspace.tasks(task_sid)
            task.reservations(reservation_sid).update(reservation_status="accepted")
            customer = self._waiting.pop(task_sid)
            worker = list(self.worker_sids).index(event["worker_name"])
            self._free.remove(worker)
            self._busy[worker] = task_sid
            heappush(self._agenda, (now + customer.handling, _IS_DONE, worker))

    def _reservations_created(self, since: str) -> list[Any]:
        """What the Events say of each Reservation for a customer who waits, by Worker."""
        created = self.workspace.events.list(event_type="reservation.created", start_date=since)
        found = [event.event_data for event in created]
        waiting = [data for data in found if data["task_sid"] in self._waiting]
        return sorted(waiting, key=lambda data: data["worker_name"])
