"""Which Worker can take which Task, and every reason why not."""

from types import SimpleNamespace

import pytest
from local_taskrouter.rules.matching import (
    NamedWorker,
    Obstacle,
    has_room,
    known_value,
    may_take,
    named_workers,
    obstacles,
    routed_to,
)
from local_taskrouter.rules.workflow import Target

ANN = SimpleNamespace(sid="WK1", friendly_name="Ann")
FREE = {
    "has_pending_reservation": False,
    "is_transferring": False,
    "names_another_worker": False,
    "is_for_one_worker": False,
    "ignores_capacity": False,
    "is_available": True,
    "has_room": True,
    "matches_queue": True,
    "matches_target": True,
}


def pair(**facts):
    return SimpleNamespace(**(FREE | facts))


def test_available_worker_who_matches_and_has_room_may_take_the_task():
    assert may_take(pair())
    assert not list(obstacles(pair()))


@pytest.mark.parametrize(
    ("fact", "obstacle"),
    [
        ({"has_pending_reservation": True}, Obstacle.PENDING_RESERVATION),
        ({"is_transferring": True}, Obstacle.TRANSFERRING),
        ({"names_another_worker": True}, Obstacle.ANOTHER_WORKER),
        ({"is_available": False}, Obstacle.ACTIVITY),
        ({"has_room": False}, Obstacle.CAPACITY),
        ({"matches_queue": False}, Obstacle.TASK_QUEUE),
        ({"matches_target": False}, Obstacle.TARGET),
    ],
)
def test_each_fact_is_one_obstacle(fact, obstacle):
    assert list(obstacles(pair(**fact))) == [obstacle]
    assert not may_take(pair(**fact))


def test_every_obstacle_is_found():
    facts = {name: not value for name, value in FREE.items()} | {"is_for_one_worker": False}
    assert set(obstacles(pair(**facts))) == set(Obstacle)


def test_worker_of_a_routed_task_need_not_match_but_needs_room():
    facts = {"is_for_one_worker": True, "matches_queue": False, "matches_target": False}
    assert may_take(pair(**facts))
    busy = pair(**facts, is_available=False, has_room=False)
    assert set(obstacles(busy)) == {Obstacle.ACTIVITY, Obstacle.CAPACITY}


@pytest.mark.parametrize(("routed", "may"), [(True, True), (False, False)])
def test_capacity_and_activity_are_ignored_for_a_routed_task_only(routed, may):
    busy = {"is_available": False, "has_room": False, "ignores_capacity": True}
    assert may_take(pair(**busy, is_for_one_worker=routed)) == may
    assert not may_take(pair(**busy, is_for_one_worker=routed, names_another_worker=True))
    assert not may_take(pair(**busy, is_for_one_worker=routed, has_pending_reservation=True))


def test_only_a_worker_sid_routes_a_task_to_one_worker():
    assert routed_to("WK1") == "WK1"
    assert [routed_to(target) for target in (None, "", "WQ1", "WW1")] == [None] * 4


@pytest.mark.parametrize(("is_on", "free", "room"), [(True, 1, True), (True, 0, False)])
def test_channel_has_room_while_capacity_is_left_and_it_is_on(is_on, free, room):
    assert has_room(is_on, free) == room
    assert not has_room(False, free)


def test_target_names_a_worker_by_sid_by_name_or_not_at_all():
    attributes = {"agent": {"sid": "WK1", "name": "Zoe"}}
    sid = Target("WQ", known_worker_sid="task.agent.sid")
    name = Target("WQ", known_worker_friendly_name="task.agent.name")
    assert named_workers(None, None, attributes) == named_workers(None, Target("WQ"), {}) == ()
    [by_sid] = named_workers(None, sid, attributes)
    [by_name] = named_workers(None, name, attributes)
    assert by_sid == NamedWorker("sid", "WK1", "task.agent.sid") and by_sid.is_worker(ANN)
    assert by_name == NamedWorker("friendly_name", "Zoe", "task.agent.name")
    assert not by_name.is_worker(ANN)


@pytest.mark.parametrize("attributes", [{}, {"agent": None}, {"agent": "Ann"}, {"agent": ["Ann"]}])
def test_task_without_the_attribute_names_no_worker_there_is(attributes):
    target = Target("WQ", known_worker_friendly_name="task.agent.name")
    assert named_workers(None, target, attributes) == (
        NamedWorker("friendly_name", None, "task.agent.name"),
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("task.context.agents[1]", "Zoe"),
        ("task.context.agents[2]", None),
        ("task.agents[0]", None),
        ("agents[1]", None),
    ],
)
def test_path_to_a_known_worker_may_have_an_index(path, value):
    assert known_value(path, {"context": {"agents": ["Ann", "Zoe"]}}) == value


def test_routed_task_names_its_worker_whatever_the_target_says():
    target = Target("WQ", known_worker_friendly_name="task.agent")
    assert named_workers("WK1", target, {"agent": "Zoe"}) == (NamedWorker("sid", "WK1"),)
