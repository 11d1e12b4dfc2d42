import pytest

from helpers.controls.texts import age, duration, short


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-3, "0 s"),
        (0.9, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h"),
        (3659, "1 h"),
        (90_061, "25 h 1 min"),
    ],
)
def test_a_span_of_time_is_said_as_people_say_it(seconds, told):
    assert duration(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (119, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (90_061, "25 h"),
    ],
)
def test_an_age_is_said_in_its_largest_unit(seconds, told):
    assert age(seconds) == told


def test_a_sid_is_told_from_its_neighbours_by_its_end():
    assert short("WT0123456789abcdef0123456789abcdef") == "…abcdef"
