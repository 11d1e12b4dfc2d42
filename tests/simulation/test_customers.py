from collections import Counter
from statistics import mean

import pytest

from helpers.simulation.customers import HOUR, TICK, Customer, draw_customers

RATES: dict[str, dict[float, float]] = {"en": {9: 20, 11: 26, 15: 20}, "es": {9: 4, 11: 14, 15: 4}}


def test_seed_gives_the_same_customers_on_every_machine():
    first, second, *_, last = draw_customers(RATES, closes=17, seed=1)
    assert first == Customer(1, "es", 32430, 60, 510)
    assert second == Customer(2, "en", 32460, 120, 240)
    assert last == Customer(279, "en", 60960, 420, 120)


def test_customers_are_numbered_by_arrival_within_opening_hours():
    customers = draw_customers(RATES, closes=17, seed=3)
    assert [customer.number for customer in customers] == list(range(1, len(customers) + 1))
    times = [customer.arrives for customer in customers]
    assert times == sorted(times)
    assert 9 * HOUR <= times[0] and times[-1] <= 17 * HOUR


def test_every_time_is_a_multiple_of_the_time_step():
    for customer in draw_customers(RATES, closes=17, seed=4):
        assert customer.arrives % TICK == 0
        for seconds in (customer.patience, customer.handling):
            assert seconds >= TICK and seconds % TICK == 0


def test_arrivals_follow_the_rate_of_each_hour():
    days = [draw_customers(RATES, closes=17, seed=seed) for seed in range(100)]
    counted = Counter((c.language, c.arrives // HOUR) for day in days for c in day)
    for language, expected in {"en": (20, 26, 20), "es": (4, 14, 4)}.items():
        for hour, rate in zip((10, 13, 16), expected, strict=True):
            assert counted[language, hour] / len(days) == pytest.approx(rate, rel=0.15)


def test_patience_and_handling_have_the_given_means():
    customers = [
        customer
        for seed in range(40)
        for customer in draw_customers({"en": {9: 60}}, 12, seed, patience=8, handling=5)
    ]
    assert mean(c.patience for c in customers) == pytest.approx(8 * 60, rel=0.05)
    assert mean(c.handling for c in customers) == pytest.approx(5 * 60, rel=0.05)


def test_second_language_leaves_the_first_ones_customers_unchanged():
    def english(rates):
        return [
            (c.arrives, c.patience, c.handling)
            for c in draw_customers(rates, closes=17, seed=5)
            if c.language == "en"
        ]

    assert english(RATES) == english({"en": RATES["en"]})


def test_another_seed_gives_another_day():
    assert draw_customers(RATES, 17, seed=1) != draw_customers(RATES, 17, seed=2)


@pytest.mark.parametrize("steps", [{}, {9: 0}, {9: 5, 10: -1}])
def test_invalid_rates_are_refused_with_an_example(steps):
    with pytest.raises(ValueError, match="The rates of 'es' are .* Give customers per hour"):
        draw_customers({"en": {9: 1}, "es": steps}, 17, seed=1)


@pytest.mark.parametrize("minutes", [{"patience": 0}, {"handling": -1}])
def test_mean_of_zero_or_less_is_refused(minutes):
    with pytest.raises(ValueError, match="more than 0"):
        draw_customers(RATES, 17, seed=1, **minutes)
