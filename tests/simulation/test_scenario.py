import json

import pytest
from local_taskrouter.rules.workflow import read_configuration

from helpers.simulation.customers import Customer
from helpers.simulation.scenario import Scenario, Shift, configuration, shifts

CUSTOMERS = [Customer(1, "es", 32400, 60, 60), Customer(2, "en", 32400, 60, 60)]


def scenario(staff=None, targets=None):
    return Scenario("Monday", "plan", "workflow", CUSTOMERS, staff or {}, targets or {})


def test_a_plan_is_read_in_its_order():
    staff = {
        "Elena": {"languages": ["en", "es"], "hours": (11, 15.5)},
        "Bob": {"languages": ["en"], "hours": (9, 17)},
    }
    assert shifts(scenario(staff)) == [
        Shift("Elena", ("en", "es"), 11 * 3600, 55800),
        Shift("Bob", ("en",), 9 * 3600, 17 * 3600),
    ]


def test_a_shift_gives_the_workers_attributes():
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
def test_an_entry_that_cannot_be_read_names_the_worker(entry):
    with pytest.raises(ValueError, match="^Bob needs languages and hours"):
        shifts(scenario({"Bob": entry}))


def test_a_workflow_leads_each_language_to_its_queue():
    sids = {"en": "WQ" + "1" * 32, "es": "WQ" + "2" * 32}
    text = configuration(scenario(targets={"es": {"priority": 10}}), sids)

    read = read_configuration(text)
    assert [filter.friendly_name for filter in read.filters] == ["en", "es"]
    assert [filter.targets[0].queue for filter in read.filters] == list(sids.values())
    assert [filter.targets[0].priority for filter in read.filters] == [None, 10]


def test_a_workflow_for_a_language_that_nobody_speaks_is_refused():
    with pytest.raises(ValueError, match="'workflow' names {'fr'}: nobody speaks that"):
        configuration(scenario(targets={"fr": {}}), {"en": "WQ" + "1" * 32})


def test_a_workflow_that_would_cancel_tasks_itself_is_refused():
    with pytest.raises(ValueError, match="'workflow' has a timeout"):
        configuration(scenario(targets={"en": {"timeout": 60}}), {"en": "WQ" + "1" * 32})


def test_the_languages_are_those_of_the_customers():
    assert scenario().languages == ["en", "es"]
