"""Repeatable SIDs: equal for equal states and requests, and never those of another resource."""

from functools import partial

import pytest
from local_taskrouter.clock import ManualClock
from local_taskrouter.core.workspaces import create_workspace
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from local_taskrouter.sids import SidMaker

create = partial(create_workspace, friendly_name="Office")


@pytest.fixture
def opened(database):
    """Open the TaskRouter of a file, with the seed 7."""
    running = []

    def opened(database=database):
        running.append(TaskRouter(database, ACCOUNT_SID, "token", ManualClock(), SidMaker(7)))
        return running[-1]

    yield opened
    for taskrouter in running:
        taskrouter.close()


def sids(taskrouter):
    return {record.sid for record in taskrouter.engine.store}


def test_sids_of_one_kind_do_not_change_those_of_another():
    first, second = SidMaker(7), SidMaker(7)
    second.new("WK")
    assert first.new("WT") == second.new("WT") != SidMaker(8).new("WT")
    assert first.new("WT") != SidMaker(7).new("WT")


def test_sids_without_a_seed_differ():
    assert SidMaker().new("WT") != SidMaker().new("WT")


def test_later_starts_have_other_sids_which_sort_later():
    maker = SidMaker(7)
    found = []
    for start in range(5):
        maker.restart(lambda start=start: start)
        found += [maker.new_at("EV", 1.0), maker.new_at("EV", 1.0), maker.new_at("EV", 1.0)]
    assert found == sorted(set(found)) and {len(sid) for sid in found} == {34}


def test_reset_begins_again(opened):
    taskrouter = opened()
    first = taskrouter.call(create).sid
    taskrouter.reset()
    assert taskrouter.call(create).sid == first


def test_after_a_restart_no_sid_is_repeated(opened):
    first = opened()
    first.call(create)
    before = sids(first)
    first.close()
    again = opened()
    again.call(create)
    assert before < sids(again) and len(sids(again)) == 2 * len(before)


def test_after_a_restore_the_same_requests_get_the_same_sids_and_none_twice(opened):
    taskrouter = opened(":memory:")
    taskrouter.call(create)
    state = taskrouter.export_state()
    taskrouter.call(create)
    found = []
    for _ in range(2):
        taskrouter.import_state(state)
        taskrouter.call(create)
        found.append(sids(taskrouter))
    assert found[0] == found[1] and len(found[0]) == 2 * len(state["records"])


def test_failed_import_goes_on_with_the_sids(opened):
    taskrouter, other = opened(":memory:"), opened(":memory:")
    for each in (taskrouter, other):
        each.call(create)
    state = taskrouter.export_state()
    state["records"][0][-1] = "{}"
    with pytest.raises(ValueError, match="not an exported state"):
        taskrouter.import_state(state)
    assert taskrouter.call(create).sid == other.call(create).sid


def test_requests_that_create_nothing_change_no_sid(client, emulator):
    emulator.taskrouter.sids.__init__(7)
    first = client.taskrouter.v1.workspaces.create("Office").sid
    emulator.taskrouter.reset()
    client.taskrouter.v1.workspaces.list()
    assert client.taskrouter.v1.workspaces.create("Office").sid == first
    emulator.taskrouter.sids.__init__()
