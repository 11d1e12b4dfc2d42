"""What is said of a pending Task in few words, from what was read of a Workspace at one moment."""

from dataclasses import replace

import pytest

from helpers.explanation.gathering import gather, surroundings
from helpers.explanation.waiting import reason_to_wait, somebody_could_take


@pytest.fixture
def waiting(shop):
    """A pending Task, and the Worker Ann, Offline, who matches."""
    shop.workflow(default=shop.queue())
    return shop.task(), shop.worker("Ann", "Offline")


def test_nobody_could_take_it_while_the_worker_is_offline(shop, waiting):
    evidence = surroundings(shop.workspace, waiting[0])
    assert not somebody_could_take(evidence)
    assert "no available Worker matches 1==1 (Ann is Offline)" in reason_to_wait(evidence)


def test_a_worker_seen_available_a_moment_before_it_is_reserved_could_take_it(shop, waiting):
    task, ann = waiting
    ann.update(activity_sid=shop.activities["Available"])
    evidence = surroundings(shop.workspace, task)
    assert somebody_could_take(evidence)
    assert reason_to_wait(evidence).endswith("Ann is available, a Reservation is about to be made")


def test_an_available_worker_who_has_another_task_could_not(shop, waiting):
    waiting[1].update(activity_sid=shop.activities["Available"])
    later = shop.task()
    evidence = gather(shop.workspace, later)
    for seen in (evidence, replace(evidence, channels={})):
        assert not somebody_could_take(seen)
        assert reason_to_wait(seen).endswith("is busy (Ann has another Task)")
