"""The clock follows the machine's, and never goes back."""

import pytest
from local_taskrouter.clock import SystemClock

HOUR = 3600.0


class Machine:
    """The two clocks of a machine: the time of day, which a user can set, and a monotonic one."""

    def __init__(self):
        self.wall, self.monotonic = 1_767_225_600.0, 50.0

    def run(self, seconds):
        self.wall += seconds
        self.monotonic += seconds

    def clock(self):
        return SystemClock(wall=lambda: self.wall, monotonic=lambda: self.monotonic)


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def clock(machine):
    return machine.clock()


def test_clock_follows_the_time_of_day(machine, clock):
    machine.run(10)
    assert clock.now() == machine.wall


def test_when_the_time_of_day_is_set_back_the_clock_runs_on(machine, clock):
    before = clock.now()
    machine.wall -= HOUR
    assert clock.now() == before
    for seconds in range(1, 11):
        machine.run(1)
        assert clock.now() == before + seconds


def test_when_the_time_of_day_jumps_forward_as_after_sleep_so_does_the_clock(machine, clock):
    before = clock.now()
    machine.wall += 8 * HOUR
    assert clock.now() == before + 8 * HOUR


def test_when_the_time_of_day_has_caught_up_the_clock_follows_it_again(machine, clock):
    machine.wall -= HOUR
    clock.now()
    machine.wall += HOUR + 5
    assert clock.now() == machine.wall
    machine.run(1)
    assert clock.now() == machine.wall


def test_when_the_time_of_day_is_corrected_by_less_than_a_second_the_clock_waits_for_it(
    machine, clock
):
    before = clock.now()
    machine.wall -= 0.5
    machine.run(0.25)
    assert clock.now() == before
    machine.run(0.75)
    assert clock.now() == machine.wall == before + 0.5


def test_slow_clock_of_the_machine_was_not_set_back(machine, clock):
    machine.run(30 * 24 * HOUR)
    machine.monotonic += 60
    assert clock.now() == machine.wall


def test_moved_and_resumed_clock_does_not_go_back_either(machine, clock):
    clock.advance(100)
    clock.freeze()
    frozen = clock.now()
    machine.wall -= HOUR
    assert clock.now() == frozen
    clock.resume()
    assert clock.now() == frozen
    machine.run(7)
    assert clock.now() == frozen + 7


@pytest.mark.parametrize("frozen", [False, True])
def test_clock_continues_from_a_later_moment_but_never_from_an_earlier_one(machine, clock, frozen):
    if frozen:
        clock.freeze()
    moment = clock.now() + HOUR
    clock.continue_from(moment)
    clock.continue_from(moment - 10)
    assert clock.now() == moment
    machine.run(5)
    assert clock.now() == moment + (0 if frozen else 5)


@pytest.mark.parametrize("frozen", [False, True])
def test_reset_sets_the_clock_to_the_time_of_day_and_keeps_it_frozen(machine, clock, frozen):
    machine.wall -= HOUR
    assert clock.now() == machine.wall + HOUR
    if frozen:
        clock.freeze()
    machine.run(HOUR)
    clock.reset()
    assert clock.now() == machine.wall
    frozen_at = machine.wall
    machine.run(5)
    assert clock.now() == (frozen_at if frozen else machine.wall)


def test_clock_with_a_start_runs_from_there_and_reset_returns_there(machine):
    clock = SystemClock(HOUR, wall=lambda: machine.wall, monotonic=lambda: machine.monotonic)
    assert clock.now() == HOUR
    machine.run(10)
    clock.advance(5)
    assert clock.now() == HOUR + 15
    clock.reset()
    assert clock.now() == HOUR
    clock.freeze()
    machine.run(10)
    clock.reset()
    assert clock.now() == HOUR and clock.stopped is not None
