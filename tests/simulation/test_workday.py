from contextlib import closing

import pandas as pd
import pytest
from scenario_model import ScenarioModel

from helpers.session.connect import connect
from helpers.session.session import Session
from helpers.simulation.customers import Customer, draw_customers
from helpers.simulation.day import ClockStands, simulate
from helpers.simulation.results import outcomes, workload
from helpers.simulation.scenario import Scenario

RATES = {"en": {9: 16, 9.5: 34}, "es": {9: 6, 9.5: 20}}
TEAM = {
    "Alice": {"languages": ["en", "es"], "hours": (9, 10)},
    "Bob": {"languages": ["en"], "hours": (9, 9.75)},
}
ELENA = {"Elena": {"languages": ["es"], "hours": (9.5, 10)}}


@pytest.fixture(autouse=True)
def home(home):
    """Where `connect` would start an emulator, if a test forgot that it wants one alone."""
    return home


def scenarios(seed: int) -> list[Scenario]:
    customers = draw_customers(RATES, closes=10, seed=seed)
    return [
        Scenario("Monday", plan, workflow, customers, staff, targets)
        for plan, staff in {"two": TEAM, "three": TEAM | ELENA}.items()
        for workflow, targets in {"first": {}, "es": {"es": {"priority": 10}}}.items()
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_taskrouter_serves_whom_a_model_of_it_would(session: Session, seed: int):
    played = scenarios(seed)
    rows = outcomes(simulate(session, played))

    for scenario in played:
        model = ScenarioModel(scenario)
        here = rows[(rows.plan == scenario.plan) & (rows.workflow == scenario.workflow)]
        found = here.set_index("customer")
        assert found.waited.to_dict() == model.waited
        assert found.worker.to_dict() == {n: name or "" for n, name in model.worker.items()}
        assert found.served.to_dict() == {n: bool(name) for n, name in model.worker.items()}
        assert not found.served.all() and found.waited.max() > 0
        for customer in scenario.customers:
            row = found.loc[customer.number]
            assert row.language == customer.language
            assert row.arrived * 3600 == pytest.approx(customer.arrives)
            assert row.handled == (customer.handling if row.served else 0)


def test_two_runs_give_the_same_to_the_last_digit_also_on_another_emulator(session: Session):
    def frames(session: Session) -> list[pd.DataFrame]:
        day = simulate(session, scenarios(3)[::2])
        return [outcomes(day), workload(day)]

    first, again = frames(session), frames(session)
    with closing(connect("local", alone=True)) as other:
        elsewhere = frames(other)
    for one, two, three in zip(first, again, elsewhere, strict=True):
        pd.testing.assert_frame_equal(one, two, check_exact=True)
        pd.testing.assert_frame_equal(one, three, check_exact=True)


def test_a_worker_who_comes_free_in_the_last_moment_is_in_time(session: Session):
    customers = [Customer(1, "en", 32400, 600, 300), Customer(2, "en", 32430, 270, 60)]
    staff = {"Bob": {"languages": ["en"], "hours": (9, 10)}}
    rows = outcomes(
        simulate(session, [Scenario("Monday", "plan", "workflow", customers, staff, {})])
    )
    assert rows[["waited", "worker"]].values.tolist() == [[0, "Bob"], [270, "Bob"]]


def test_a_worker_ends_the_conversation_before_going_home(session: Session):
    customers = [Customer(1, "en", 32400, 600, 5400), Customer(2, "en", 36030, 3600, 60)]
    staff = {"Bob": {"languages": ["en"], "hours": (9, 10)}}
    day = simulate(session, [Scenario("Monday", "plan", "workflow", customers, staff, {})])
    rows = outcomes(day)
    assert rows[["waited", "served", "handled"]].values.tolist() == [
        [0, True, 5400],
        [3600, False, 0],
    ]
    assert workload(day)[["available", "busy", "utilization"]].values.tolist() == [[5400, 5400, 1]]
    assert (day.opened, day.closed) == (32400, 36030 + 3600)
    assert repr(day) == "1 Workspaces, 2 Tasks, 2.0 hours by the clock"


def test_nobody_works_where_nobody_speaks_the_language(session: Session):
    customers = [Customer(1, "es", 32400, 90, 60)]
    staff = {"Bob": {"languages": ["en"], "hours": (9, 10)}}
    day = simulate(session, [Scenario("Monday", "plan", "workflow", customers, staff, {})])
    assert outcomes(day)[["waited", "served"]].values.tolist() == [[90, False]]
    assert workload(day)[["busy", "utilization"]].values.tolist() == [[0, 0]]


def test_a_customer_may_come_where_nobody_works(session: Session):
    scenario = Scenario("Monday", "plan", "workflow", [Customer(1, "en", 0, 60, 60)], {}, {})
    assert outcomes(simulate(session, [scenario]))["waited"].to_list() == [60]


def test_progress_goes_from_nothing_to_all_of_it(session: Session):
    told: list[float] = []
    simulate(session, scenarios(4)[:1], told.append)
    assert (told[0], told[-1]) == (0, 1)
    assert told == sorted(told)


def test_statistics_say_the_same_as_the_events(session: Session):
    day = simulate(session, scenarios(5)[1:3])
    for floor, (_, rows) in zip(
        day.floors, outcomes(day).groupby(["plan", "workflow"], sort=False), strict=True
    ):
        counted = floor.workspace.cumulative_statistics().fetch(start_date=day.since)
        served = rows[rows.served]
        assert counted.tasks_created == len(rows)
        assert counted.reservations_accepted == counted.tasks_completed == len(served)
        assert counted.tasks_canceled == len(rows) - len(served)
        assert counted.wait_duration_until_accepted["total"] == served.waited.sum()
        assert counted.wait_duration_until_accepted["max"] == served.waited.max()


def test_real_twilio_has_no_clock_to_move(session: Session):
    session.target = "live"
    with pytest.raises(ClockStands, match=r'Use connect\("local", alone=True\)'):
        simulate(session, scenarios(1))


def test_a_plan_that_cannot_be_read_is_refused_before_anything_is_created(session: Session):
    [good, *_] = scenarios(1)
    bad = Scenario("Monday", "plan", "workflow", good.customers, {"Bob": {"languages": ["en"]}}, {})
    with pytest.raises(ValueError, match="Bob needs languages and hours"):
        simulate(session, [bad])
    assert session.client.taskrouter.v1.workspaces.list() == []
