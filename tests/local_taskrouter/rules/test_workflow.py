import dataclasses
import json
from pathlib import Path

import pytest
from local_taskrouter.rules.workflow import (
    Configuration,
    ConfigurationError,
    OrderTerm,
    Step,
    Target,
    order_workers,
    read_configuration,
)

CASES = json.loads((Path(__file__).parent / "workflows.json").read_text(encoding="utf-8"))


def read(document):
    return read_configuration(json.dumps(document))


def with_filter(fields):
    return {"task_routing": {"filters": [fields]}}


def with_second_target(fields):
    return with_filter({"expression": "1 == 1", "targets": [{"queue": "Q1"}, fields]})


def second_target(**fields):
    return read(with_second_target(fields)).filters[0].targets[1]


@pytest.mark.parametrize("case", CASES["walks"], ids=lambda case: case["situation"])
def test_task_goes_through_the_expected_steps(case):
    configuration = read(CASES["configurations"][case["configuration"]])
    ways = {"timeout": configuration.step_after_timeout, "skip": configuration.step_after_skip}

    def seen(step):
        return step and [configuration.target(step).queue, step.until]

    step = configuration.first_step(case["attributes"])
    assert seen(step) == case["start"]
    for way, expected in case["moves"]:
        step = ways[way](step, case["attributes"])
        assert seen(step) == expected


@pytest.mark.parametrize("case", CASES["errors"], ids=lambda case: case["message"])
def test_configuration_error_names_the_field(case):
    if "target" in case:
        document = with_second_target(case["target"])
    elif "filter" in case:
        document = with_filter(case["filter"])
    else:
        document = case["configuration"]
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(document if isinstance(document, str) else json.dumps(document))
    assert str(caught.value).startswith(case["message"])


def test_invalid_expression_is_shown_with_a_caret():
    with pytest.raises(ConfigurationError) as caught:
        second_target(expression="worker.level ! 3")
    assert str(caught.value).splitlines()[1:] == ["worker.level ! 3", "             ^"]


def test_deeply_nested_json_is_a_configuration_error():
    with pytest.raises(ConfigurationError, match="not JSON"):
        read_configuration("[" * 100_000)


def test_later_target_inherits_the_queue_of_the_target_before_it():
    targets = [{"queue": "Q1"}, {"timeout": 5}, {"queue": "Q2"}, {"priority": 1}]
    configuration = read(with_filter({"expression": "1 == 1", "targets": targets}))
    assert [target.queue for target in configuration.filters[0].targets] == ["Q1", "Q1", "Q2", "Q2"]


def test_every_field_of_a_target_is_read():
    target = second_target(
        queue="Q2",
        expression="worker.level > 3",
        priority=10,
        timeout=300,
        order_by="worker.level DESC",
        skip_if="workers.available == 0",
        known_worker_sid="task.agent",
        known_worker_friendly_name="task.agent_name",
    )
    assert target.expression.text == "worker.level > 3"
    assert target.skip_if.matches({"workers": {"available": 0}})
    assert dataclasses.replace(target, expression=None, skip_if=None) == Target(
        queue="Q2",
        priority=10,
        timeout=300,
        order_by=(OrderTerm("worker.level", True),),
        known_worker_sid="task.agent",
        known_worker_friendly_name="task.agent_name",
    )


def test_numbers_may_be_strings_and_unknown_keys_are_ignored():
    target = second_target(priority="10", timeout="300", colour="red")
    assert (target.priority, target.timeout) == (10, 300)


def test_empty_optional_fields_are_none():
    empty = dict.fromkeys(["expression", "priority", "timeout", "order_by", "skip_if"], "")
    assert second_target(**empty) == second_target(**dict.fromkeys(empty)) == Target("Q1")


def test_priority_0_is_a_priority():
    assert second_target(priority=0).priority == 0


def test_older_field_names_are_accepted():
    configuration = read(
        with_filter(
            {
                "friendly_name": "Old",
                "expression": "1 == 1",
                "targets": [{"task_queue_sid": "Q1"}],
            }
        )
    )
    assert configuration.filters[0].friendly_name == "Old"
    assert configuration.filters[0].targets[0].queue == "Q1"


def test_filter_needs_no_name():
    configuration = read(CASES["configurations"]["escalation"])
    assert [each.friendly_name for each in configuration.filters] == [None, None, None]


def test_timeout_in_the_default_filter_is_ignored_even_a_wrong_one():
    default = {"queue": "Q1", "timeout": "never"}
    assert read({"task_routing": {"default_filter": default}}).default == Target("Q1")


def test_null_filters_and_default_filter_are_absent():
    routing = {"filters": None, "default_filter": None}
    assert read({"task_routing": routing}) == Configuration((), None)


@pytest.mark.parametrize(
    "name, queues",
    [
        ("tutorial", {"WQ-es", "WQ-en"}),
        ("escalation", {"vip", "other", "all", "last", "default"}),
        ("only a default", {"default"}),
        ("nothing", set()),
    ],
)
def test_queues_that_a_configuration_names(name, queues):
    assert read(CASES["configurations"][name]).queues == queues


def test_default_step_of_a_configuration_without_default_has_no_target():
    with pytest.raises(IndexError, match="no default filter"):
        read(CASES["configurations"]["tutorial"]).target(Step(None, 0, None))


def test_next_filter_is_chosen_by_the_attributes_of_that_moment():
    configuration = read(CASES["configurations"]["escalation"])
    step = configuration.step_after_timeout(
        configuration.first_step({"type": "vip"}), {"type": "vip"}
    )
    assert configuration.step_after_timeout(step, {"type": "other"}).filter_index == 1


def test_step_survives_being_stored_as_json():
    configuration = read(CASES["configurations"]["escalation"])
    attributes = {"type": "vip"}
    step = configuration.step_after_skip(configuration.first_step(attributes), attributes)
    stored = Step(**json.loads(json.dumps(dataclasses.asdict(step))))
    assert stored == step
    assert configuration.step_after_timeout(stored, attributes).until == 145


def test_order_by_is_read_term_by_term():
    assert second_target(
        order_by=" worker.level DESC,worker.skill.age asc , worker.x$"
    ).order_by == (
        OrderTerm("worker.level", True),
        OrderTerm("worker.skill.age", False),
        OrderTerm("worker.x$", False),
    )


def ordered(order_by, **workers):
    """Names in order; the workers come in as longest idle first."""
    terms = second_target(order_by=order_by).order_by
    return "".join(order_workers(terms, workers, lambda name: {"worker": workers[name]}))


def test_without_an_ordering_the_longest_idle_worker_comes_first():
    assert ordered("", a={"level": 1}, b={"level": 2}) == "ab"


def test_workers_are_ordered_in_both_directions():
    workers = {"a": {"level": 2}, "b": {"level": 1}, "c": {"level": 3}}
    assert ordered("worker.level", **workers) == "bac"
    assert ordered("worker.level DESC", **workers) == "cab"


def test_workers_with_the_same_value_keep_their_order_in_both_directions():
    workers = {"a": {"level": 1}, "b": {"level": 2}, "c": {"level": 1}, "d": {"level": 2}}
    assert ordered("worker.level ASC", **workers) == "acbd"
    assert ordered("worker.level DESC", **workers) == "bdac"


def test_workers_without_the_attribute_come_last_in_both_directions():
    workers = {"a": {}, "b": {"level": 1}, "c": {"level": None}, "d": {"level": 2}}
    assert ordered("worker.level ASC", **workers) == "bdac"
    assert ordered("worker.level DESC", **workers) == "dbac"


def test_second_ordering_decides_among_equals_of_the_first():
    workers = {
        "a": {"level": 1, "age": 3},
        "b": {"level": 2, "age": 5},
        "c": {"level": 2, "age": 4},
    }
    assert ordered("worker.level DESC, worker.age", **workers) == "cba"


@pytest.mark.parametrize("value", ["3", 2.5, True, [3]])
@pytest.mark.parametrize("order_by", ["worker.level DESC, worker.age", "worker.age, worker.level"])
def test_when_one_value_is_not_an_integer_then_all_of_order_by_is_ignored(value, order_by):
    workers = {"a": {"level": 5, "age": 2}, "b": {"level": value, "age": 1}}
    assert ordered(order_by, **workers) == "ab"


def test_part_of_a_path_may_begin_with_a_digit():
    workers = {"a": {"levels": {"24h": 1}}, "b": {"levels": {"24h": 2}}}
    assert ordered("worker.levels.24h DESC", **workers) == "ba"
