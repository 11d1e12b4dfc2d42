from contextlib import closing

import pandas as pd
import pytest
from scenario_model import ScenarioModel

from helpers.session.connect import connect
from helpers.session.session import Session
from helpers.simulation.customers import Customer, draw_customers
from helpers.simulation.results import outcomes, workload
from helpers.simulation.scenario import Scenario
from helpers.simulation.workday import ClockNotMovable, simulate

RATES = {"en": {9: 16, 9.5: 34}, "es": {9: 6, 9.5: 20}}
TEAM = {
    "Alice": {"languages": ["en", "es"], "hours": (9, 10)},
    "Bob": {"languages": ["en"], "hours": (9, 9.75)},
}
ELENA = {"Elena": {"languages": ["es"], "hours": (9.5, 10)}}


@pytest.fixture(autouse=True)
def home(home):
    """Keep every emulator that a test starts in a temporary home."""
    return home


def scenarios(seed: int) -> list[Scenario]:
    customers = draw_customers(RATES, closes=10, seed=seed)
    return [
        Scenario("Monday", plan, workflow, customers, staff, targets)
        for plan, staff in {"two": TEAM, "three": TEAM | ELENA}.items()
        for workflow, targets in {"first": {}, "es": {"es": {"priority": 10}}}.items()
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_simulated_days_match_the_model_customer_by_customer(session: Session, seed: int):
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


def test_second_run_and_another_emulator_give_identical_results(session: Session):
    def frames(session: Session) -> list[pd.DataFrame]:
        day = simulate(session, scenarios(3)[::2])
        return [outcomes(day), workload(day)]

    first, again = frames(session), frames(session)
    with closing(connect("local", alone=True)) as other:
        elsewhere = frames(other)
    for expected, repeated, other_emulator in zip(first, again, elsewhere, strict=True):
        pd.testing.assert_frame_equal(expected, repeated, check_exact=True)
        pd.testing.assert_frame_equal(expected, other_emulator, check_exact=True)


def test_worker_who_becomes_free_as_patience_ends_takes_the_task(session: Session):
    customers = [Customer(1, "en", 32400, 600, 300), Customer(2, "en", 32430, 270, 60)]
    staff = {"Bob": {"languages": ["en"], "hours": (9, 10)}}
    rows = outcomes(
        simulate(session, [Scenario("Monday", "plan", "workflow", customers, staff, {})])
    )
    assert rows[["waited", "worker"]].values.tolist() == [[0, "Bob"], [270, "Bob"]]


def test_of_workers_free_at_the_same_moment_the_one_reserved_first_is_next(session: Session):
    arrivals = [(32400, 60), (32430, 270), (32490, 210), (32730, 60)]
    customers = [Customer(n, "en", at, 600, length) for n, (at, length) in enumerate(arrivals)]
    staff = {name: {"languages": ["en"], "hours": (9, 10)} for name in ("Alice", "Bob")}
    scenario = Scenario("Monday", "plan", "workflow", customers, staff, {})
    workers = outcomes(simulate(session, [scenario])).worker.tolist()
    assert workers == ["Alice", "Bob", "Alice", "Bob"]
    assert list(ScenarioModel(scenario).worker.values()) == workers


def test_conversation_past_the_shift_is_completed_and_counted(session: Session):
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


def test_customer_whose_language_no_worker_speaks_gives_up(session: Session):
    customers = [Customer(1, "es", 32400, 90, 60)]
    staff = {"Bob": {"languages": ["en"], "hours": (9, 10)}}
    day = simulate(session, [Scenario("Monday", "plan", "workflow", customers, staff, {})])
    assert outcomes(day)[["waited", "served"]].values.tolist() == [[90, False]]
    assert workload(day)[["busy", "utilization"]].values.tolist() == [[0, 0]]


def test_customer_gives_up_when_the_plan_has_no_workers(session: Session):
    scenario = Scenario("Monday", "plan", "workflow", [Customer(1, "en", 0, 60, 60)], {}, {})
    assert outcomes(simulate(session, [scenario]))["waited"].to_list() == [60]


def test_each_reservation_is_looked_up_once_and_no_event_is_read(session: Session):
    scenario = scenarios(1)[0]
    sent: list[str] = []
    send = session.client.http_client.request

    def count(method: str, url: str, *rest, **named):
        sent.append(f"{method} {url.rsplit('/v1/')[-1]}")
        return send(method, url, *rest, **named)

    session.client.http_client.request = count
    day = simulate(session, [scenario])
    session.client.http_client.request = send
    moments = [each for each in sent if each.endswith("/emulator/clock")]
    looked_up = [each for each in sent if each.startswith("GET") and "/Reservations" in each]
    others = [each for each in sent if each.startswith("GET") and each not in looked_up]
    assert len(others) == 1 and "/Activities" in others[0]
    rows = outcomes(day)
    served, tasks, shifts = sum(rows.served), len(rows), 2 * len(scenario.staff)
    set_up = 1 + 1 + len(scenario.staff) + len(scenario.languages) + 1
    # Each Task is created and ended; each served one is looked up and accepted.
    assert len(looked_up) == served
    assert len(sent) == set_up + len(moments) + shifts + 2 * tasks + 2 * served


def test_progress_rises_from_0_to_1(session: Session):
    shares: list[float] = []
    simulate(session, scenarios(4)[:1], shares.append)
    assert (shares[0], shares[-1]) == (0, 1)
    assert shares == sorted(shares)


def test_workspace_statistics_agree_with_the_outcomes(session: Session):
    day = simulate(session, scenarios(5)[1:3])
    for run, (_, rows) in zip(
        day.runs, outcomes(day).groupby(["plan", "workflow"], sort=False), strict=True
    ):
        counted = run.workspace.cumulative_statistics().fetch(start_date=day.since)
        served = rows[rows.served]
        assert counted.tasks_created == len(rows)
        assert counted.reservations_accepted == counted.tasks_completed == len(served)
        assert counted.tasks_canceled == len(rows) - len(served)
        waits = counted.wait_duration_until_accepted or {}
        assert (waits["total"], waits["max"]) == (served.waited.sum(), served.waited.max())


def test_live_session_is_refused_with_a_way_out(session: Session):
    session.target = "live"
    with pytest.raises(ClockNotMovable, match=r'Use connect\("local", alone=True\)'):
        simulate(session, scenarios(1))


def test_invalid_plan_is_refused_before_any_workspace_is_created(session: Session):
    [good, *_] = scenarios(1)
    bad = Scenario("Monday", "plan", "workflow", good.customers, {"Bob": {"languages": ["en"]}}, {})
    with pytest.raises(ValueError, match="^Bob has .* Give a list of languages"):
        simulate(session, [bad])
    assert session.client.taskrouter.v1.workspaces.list() == []
