"""The expected result of a Scenario, computed by a minimal model without a TaskRouter."""

from heapq import heapify, heappop, heappush

from helpers.simulation.scenario import Scenario, shifts

LEAVES, COMES, IS_DONE, GIVES_UP, ARRIVES = range(5)


class ScenarioModel:
    """`waited` and `worker` (None: gave up) by the customer's number.

    Of the free Workers who speak the language the one who has been free the longest takes a Task;
    a Worker who comes free takes the waiting Task of the highest priority, then the oldest.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.staff = shifts(scenario)
        self.priorities = {
            language: target.get("priority", 0) for language, target in scenario.targets.items()
        }
        self.customers = {customer.number: customer for customer in scenario.customers}
        self.waiting: list[int] = []
        self.free: list[int] = []
        self.busy: set[int] = set()
        self.leaving: set[int] = set()
        self.waited: dict[int, int] = {}
        self.worker: dict[int, str | None] = {}
        self.agenda = [(c.arrives, ARRIVES, c.number) for c in scenario.customers]
        for at, shift in enumerate(self.staff):
            self.agenda += [(shift.begins, COMES, at), (shift.ends, LEAVES, at)]
        heapify(self.agenda)
        while self.agenda:
            self.step(*heappop(self.agenda))

    def step(self, now: int, what: int, number: int) -> None:
        if what == ARRIVES:
            self.waiting.append(number)
            heappush(self.agenda, (now + self.customers[number].patience, GIVES_UP, number))
        elif what == GIVES_UP and number in self.waiting:
            self.end(now, number, None)
        elif what == COMES:
            self.free.append(number)
        elif what == LEAVES and number in self.busy:
            self.leaving.add(number)
        elif what == LEAVES:
            self.free.remove(number)
        elif what == IS_DONE:
            self.busy.remove(number)
            self.free += [] if number in self.leaving else [number]
        self.match(now)

    def match(self, now: int) -> None:
        for at in list(self.free):
            spoken = self.staff[at].languages
            able = [n for n in self.waiting if self.customers[n].language in spoken]
            if able:
                number = min(able, key=lambda n: (-self.priority(n), n))
                self.end(now, number, self.staff[at].name)
                self.free.remove(at)
                self.busy.add(at)
                heappush(self.agenda, (now + self.customers[number].handling, IS_DONE, at))

    def priority(self, number: int) -> int:
        return self.priorities.get(self.customers[number].language, 0)

    def end(self, now: int, number: int, worker: str | None) -> None:
        self.waiting.remove(number)
        self.waited[number] = now - self.customers[number].arrives
        self.worker[number] = worker
