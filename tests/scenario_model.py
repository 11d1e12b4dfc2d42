"""A Scenario's expected result, computed by a minimal model without a TaskRouter."""

from heapq import heapify, heappop, heappush

from helpers.simulation.scenario import Scenario, shifts

SHIFT_ENDS, SHIFT_BEGINS, TASK_ENDS, PATIENCE_ENDS, CUSTOMER_ARRIVES = range(5)


class ScenarioModel:
    """Plays the Scenario at once: `waited` and `worker` (None: gave up) by the customer's number.

    Of the free Workers who speak the language, the one who has been free longest takes a Task, and of
    those who became free at the same moment, the one whose latest Task was reserved first. A Worker who
    becomes free takes the waiting Task with the highest priority, then the oldest.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.staff = shifts(scenario)
        self.priorities = {
            language: target.get("priority", 0) for language, target in scenario.targets.items()
        }
        self.customers = {customer.number: customer for customer in scenario.customers}
        self.waiting: list[int] = []
        self.free: list[int] = []
        self.free_since: dict[int, int] = {}
        self.last_task: dict[int, int] = {}  # a serial number
        self.busy: set[int] = set()
        self.overtime: set[int] = set()
        self.waited: dict[int, int] = {}
        self.worker: dict[int, str | None] = {}
        self.agenda = [(c.arrives, CUSTOMER_ARRIVES, c.number) for c in scenario.customers]
        for index, shift in enumerate(self.staff):
            self.agenda += [(shift.begins, SHIFT_BEGINS, index), (shift.ends, SHIFT_ENDS, index)]
        heapify(self.agenda)
        while self.agenda:
            self.step(*heappop(self.agenda))

    def step(self, now: int, action: int, number: int) -> None:
        if action == CUSTOMER_ARRIVES:
            self.waiting.append(number)
            heappush(self.agenda, (now + self.customers[number].patience, PATIENCE_ENDS, number))
        elif action == PATIENCE_ENDS and number in self.waiting:
            self.end(now, number, None)
        elif action == SHIFT_BEGINS:
            self.set_free(now, number)
        elif action == SHIFT_ENDS and number in self.busy:
            self.overtime.add(number)
        elif action == SHIFT_ENDS:
            self.free.remove(number)
        elif action == TASK_ENDS:
            self.busy.remove(number)
            if number not in self.overtime:
                self.set_free(now, number)
        self.match(now)

    def set_free(self, now: int, index: int) -> None:
        self.free.append(index)
        self.free_since[index] = now

    def order(self, index: int) -> tuple[int, int, int]:
        return (self.free_since[index], self.last_task.get(index, 0), index)

    def match(self, now: int) -> None:
        for index in sorted(self.free, key=self.order):
            languages = self.staff[index].languages
            able = [n for n in self.waiting if self.customers[n].language in languages]
            if able:
                number = min(able, key=lambda n: (-self.priority(n), n))
                self.end(now, number, self.staff[index].name)
                self.free.remove(index)
                self.busy.add(index)
                self.last_task[index] = len(self.worker)
                heappush(self.agenda, (now + self.customers[number].handling, TASK_ENDS, index))

    def priority(self, number: int) -> int:
        return self.priorities.get(self.customers[number].language, 0)

    def end(self, now: int, number: int, worker: str | None) -> None:
        self.waiting.remove(number)
        self.waited[number] = now - self.customers[number].arrives
        self.worker[number] = worker
