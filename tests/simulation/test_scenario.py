import json

import pytest
from local_taskrouter.rules.workflow import read_configuration

from helpers.simulation.customers import Customer
from helpers.simulation.scenario import Scenario, Shift, configuration, shifts

CUSTOMERS = [Customer(1, "es", 32400, 60, 60), Customer(2, "en", 32400, 60, 60)]


def scenario(staff=None, targets=None):
    return Scenario("Monday", "plan", "workflow", CUSTOMERS, staff or {}, targets or {})


def test_plan_gives_a_shift_for_each_worker_in_its_order():
    staff = {
        "Elena": {"languages": ["en", "es"], "hours": (11, 15.5)},
        "Bob": {"languages": ["en"], "hours": (9, 17)},
    }
    assert shifts(scenario(staff)) == [
        Shift("Elena", ("en", "es"), 11 * 3600, 55800),
        Shift("Bob", ("en",), 9 * 3600, 17 * 3600),
    ]


def test_shift_gives_the_worker_attributes_as_json():
    assert json.loads(Shift("Alice", ("en", "es"), 0, 30).attributes) == {"languages": ["en", "es"]}


@pytest.mark.parametrize(
    "entry",
    [
        {"hours": (9, 17)},
        {"languages": ["en"]},
        {"languages": "en", "hours": (9, 17)},
        {"languages": ["en"], "hours": (17, 9)},
        {"languages": ["en"], "hours": (9, 25)},
        {"languages": ["en"], "hours": (9, 9.001)},
        {"languages": ["en"], "hours": 9},
        {"languages": ["en"], "hours": ("9", "17")},
    ],
)
def test_invalid_entry_is_refused_with_the_worker_and_an_example(entry):
    with pytest.raises(ValueError, match="^Bob has .* Give a list of languages"):
        shifts(scenario({"Bob": entry}))


def test_configuration_routes_each_language_to_its_task_queue():
    sids = {"en": "WQ" + "1" * 32, "es": "WQ" + "2" * 32}
    text = configuration(scenario(targets={"es": {"priority": 10}}), sids)

    read = read_configuration(text)
    assert [filter.friendly_name for filter in read.filters] == ["en", "es"]
    assert [filter.targets[0].queue for filter in read.filters] == list(sids.values())
    assert [filter.targets[0].priority for filter in read.filters] == [None, 10]


def test_target_for_a_language_without_customers_is_refused():
    with pytest.raises(ValueError, match="'workflow' has targets for fr, which no customer speaks"):
        configuration(scenario(targets={"fr": {}}), {"en": "WQ" + "1" * 32})


def test_target_with_a_timeout_is_refused():
    with pytest.raises(ValueError, match="'workflow' has a timeout"):
        configuration(scenario(targets={"en": {"timeout": 60}}), {"en": "WQ" + "1" * 32})


def test_languages_are_those_of_the_customers_in_alphabetical_order():
    assert scenario().languages == ["en", "es"]
