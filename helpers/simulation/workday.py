"""Play Scenarios side by side on one local TaskRouter: one clock, a Workspace for each Scenario.

The clock is frozen, and advances from each moment at which something happens to the next. At that
moment the Workspaces act in parallel threads, since none affects another. Within a Workspace, what
happens at the same moment happens in a fixed order (a shift ends, a shift begins, a conversation
ends, a customer's patience ends, a customer arrives; then by number), so that each run of a day
gives the same result.
"""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from heapq import heapify, heappop, heappush

from local_taskrouter.explanation.evidence import Reservation
from twilio.rest import Client
from twilio.rest.taskrouter.v1.workspace.worker import WorkerContext

from helpers.session.session import Session
from helpers.simulation.customers import HOUR, Customer
from helpers.simulation.scenario import Scenario, Shift, configuration, shifts, target_workers

_THREADS = 4
_SHIFT_ENDS, _SHIFT_BEGINS, _TASK_ENDS, _PATIENCE_ENDS, _CUSTOMER_ARRIVES = range(5)


class ClockNotMovable(RuntimeError):
    """The clock cannot be moved; the message names the reason and what to do."""


class ScenarioRun:
    """A Scenario played in a new Workspace: its Workers, TaskQueues and Workflow, created at once.

    `workspace` is the SDK's context for it. `worker_sids` are by name, `queue_sids` by language.
    `closes` is when the last shift ends or the last customer arrives, in seconds from midnight.
    """

    def __init__(self, client: Client, scenario: Scenario) -> None:
        self.scenario = scenario
        self._shifts = shifts(scenario)
        self._customers = {customer.number: customer for customer in scenario.customers}
        workspaces = client.taskrouter.v1.workspaces
        self.workspace = workspaces(str(workspaces.create(friendly_name=scenario.name).sid))
        self._activities = {a.friendly_name: str(a.sid) for a in self.workspace.activities.list()}
        self.worker_sids = {shift.name: self._create_worker(shift) for shift in self._shifts}
        self.queue_sids = {name: self._create_queue(name) for name in scenario.languages}
        self._workflow_sid = self._create_workflow()
        self._waiting: dict[str, Customer] = {}  # by the Task's SID
        self._task_sids: dict[int, str] = {}  # by the customer's number
        self._free: set[int] = set()  # Workers on duty without a Task, by their index in the plan
        self._busy: dict[int, str] = {}  # the Task's SID by the Worker's index
        self._overtime: set[int] = set()  # busy Workers whose shift is over
        self._reserved: set[str] = set()  # Tasks that were created with a Reservation
        self._freed: set[int] = set()  # Workers who became free while Tasks waited
        self._agenda = [
            *((c.arrives, _CUSTOMER_ARRIVES, c.number) for c in scenario.customers),
            *((shift.begins, _SHIFT_BEGINS, index) for index, shift in enumerate(self._shifts)),
            *((shift.ends, _SHIFT_ENDS, index) for index, shift in enumerate(self._shifts)),
        ]
        self.closes = max(self._agenda, default=(0,))[0]
        heapify(self._agenda)

    def next_time(self) -> int | None:
        """When something happens next, in seconds from midnight. None: the day is over."""
        while self._agenda:
            time, action, number = self._agenda[0]
            if action != _PATIENCE_ENDS or self._task_sids[number] in self._waiting:
                return time
            heappop(self._agenda)
        return None

    def play(self, now: int) -> None:
        """Do what happens now."""
        actions: dict[int, Callable[[int, int], None]] = {
            _SHIFT_ENDS: self._end_shift,
            _SHIFT_BEGINS: self._begin_shift,
            _TASK_ENDS: self._complete_task,
            _PATIENCE_ENDS: self._cancel_task,
            _CUSTOMER_ARRIVES: self._create_task,
        }
        while self.next_time() == now:
            _, action, number = heappop(self._agenda)
            if action == _PATIENCE_ENDS:
                self._accept_reservations(now)  # a Worker who became free now is in time
            actions[action](number, now)
        self._accept_reservations(now)

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

    def _create_task(self, number: int, now: int) -> None:
        customer = self._customers[number]
        attributes = {"selected_language": customer.language, "customer": number}
        task = self.workspace.tasks.create(
            attributes=json.dumps(attributes), workflow_sid=self._workflow_sid
        )
        task_sid = str(task.sid)
        if task.assignment_status == "reserved":
            self._reserved.add(task_sid)
        self._waiting[task_sid] = customer
        self._task_sids[number] = task_sid
        heappush(self._agenda, (now + customer.patience, _PATIENCE_ENDS, number))

    def _cancel_task(self, number: int, _: int) -> None:
        task_sid = self._task_sids[number]
        if self._waiting.pop(task_sid, None):
            self.workspace.tasks(task_sid).update(assignment_status="canceled", reason="gave up")

    def _begin_shift(self, worker: int, _: int) -> None:
        self._set_activity(worker, "Available")
        self._set_free(worker)

    def _end_shift(self, worker: int, _: int) -> None:
        if worker in self._busy:
            self._overtime.add(worker)
        else:
            self._free.remove(worker)
            self._set_activity(worker, "Offline")

    def _complete_task(self, worker: int, _: int) -> None:
        task_sid, is_over = self._busy.pop(worker), worker in self._overtime
        if is_over:
            # Before the Task ends, or TaskRouter would reserve this Worker for the next one.
            self._set_activity(worker, "Offline")
        self.workspace.tasks(task_sid).update(assignment_status="completed")
        if not is_over:
            self._set_free(worker)

    def _set_free(self, worker: int) -> None:
        self._free.add(worker)
        if self._waiting:
            self._freed.add(worker)

    def _set_activity(self, worker: int, activity: str) -> None:
        self._worker(worker).update(activity_sid=self._activities[activity])

    def _worker(self, worker: int) -> WorkerContext:
        return self.workspace.workers(self.worker_sids[self._name(worker)])

    def _name(self, worker: int) -> str:
        return self._shifts[worker].name

    def _accept_reservations(self, now: int) -> None:
        """Accept each Reservation that TaskRouter has created, in the order of the Workers' names.

        TaskRouter creates one for a Task as it is created, or for a Worker who becomes free.
        """
        names = list(self.worker_sids)
        found: dict[int, Reservation] = {}  # by the Worker's index
        for task_sid in self._reserved:
            [one] = self.workspace.tasks(task_sid).reservations.list()
            found[names.index(str(one.worker_name))] = one
        for worker in self._freed - set(found):
            for one in self._worker(worker).reservations.list(reservation_status="pending"):
                found[worker] = one
        self._reserved, self._freed = set(), set()
        for worker in sorted(found, key=self._name):
            found[worker].update(reservation_status="accepted")
            task_sid = str(found[worker].task_sid)
            customer = self._waiting.pop(task_sid)
            self._free.remove(worker)
            self._busy[worker] = task_sid
            heappush(self._agenda, (now + customer.handling, _TASK_ENDS, worker))


@dataclass(frozen=True, repr=False)
class Day:
    """A played day: a ScenarioRun for each Scenario.

    All began at one moment: `since` on TaskRouter's clock (ISO 8601), `opened` on the day's clock.
    `closed` is when the last Task ended. Both are in seconds from midnight.
    """

    runs: Sequence[ScenarioRun]
    since: str
    opened: int
    closed: int

    def __repr__(self) -> str:
        tasks = sum(len(run.scenario.customers) for run in self.runs)
        hours = (self.closed - self.opened) / HOUR
        return f"{len(self.runs)} Workspaces, {tasks:,} Tasks, {hours:.1f} hours by the clock"


class Clock:
    """The local TaskRouter's clock, frozen from here on; `now` is its time as ISO 8601.

    Raises ClockNotMovable on real Twilio, or when a request fails.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        if session.target != "local":
            raise ClockNotMovable(
                "Real Twilio's clock cannot be moved, so no day can be played there. "
                'Use connect("local", alone=True).'
            )
        self.now = self._post(freeze="true")

    def advance(self, seconds: int) -> None:
        """Move the clock forward. TaskRouter's timers run at their own times on the way."""
        self.now = self._post(advance=str(seconds))

    def _post(self, **fields: object) -> str:
        url = f"{self._session.address}/emulator/clock"
        response = self._session.client.request("POST", url, data=fields)
        if response.status_code != 200:
            raise ClockNotMovable(f"The clock was not moved (HTTP {response.status_code}).")
        return json.loads(response.text)["now"]


def simulate(
    session: Session,
    scenarios: Sequence[Scenario],
    progress: Callable[[float], None] = lambda _: None,
) -> Day:
    """Play every Scenario, from its first shift or customer until its last Task has ended.

    Calls `progress` with the share of the day that is over, from 0 to 1. The clock moves for
    everything in this TaskRouter and stays frozen afterwards, so use a `session` with its own.

    Raises ValueError for an invalid plan, ClockNotMovable where the clock cannot be moved.
    """
    clock = Clock(session)
    since = clock.now
    runs = [ScenarioRun(session.client, scenario) for scenario in scenarios]
    opened = now = _next_time(runs) or 0
    ends = max((run.closes for run in runs), default=now)
    with ThreadPoolExecutor(_THREADS) as threads:
        while (then := _next_time(runs)) is not None:
            clock.advance(then - now)
            now = then
            due = [run for run in runs if run.next_time() == now]
            list((threads.map if len(due) > 1 else map)(partial(ScenarioRun.play, now=now), due))
            progress((now - opened) / (ends - opened) if now < ends else 1.0)
    return Day(runs, since, opened, now)


def _next_time(runs: Sequence[ScenarioRun]) -> int | None:
    times = [time for run in runs if (time := run.next_time()) is not None]
    return min(times, default=None)
