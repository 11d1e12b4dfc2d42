"""The Workspace as JSON, read from a TaskRouter in this process."""

import json

import pytest
from local_taskrouter.rules.lifecycle import RESERVATION
from local_taskrouter.ui import shown as module
from local_taskrouter.ui.shown import describe_attributes


def test_task_says_why_it_waits_and_who_is_asked_then_who_has_it(built, spanish, now):
    alice = built.worker("Alice", "Offline", languages=["en", "es"])
    task = built.task({"selected_language": "es"}, priority=3)
    shown = now()["tasks"][0]
    assert (shown["name"], shown["queue"], shown["filter"]) == ("Spanish #1", "Spanish", 0)
    assert (shown["about"], shown["priority"]) == ('selected_language "es"', 3)
    assert shown["says"] == "Spanish #1 waits: Alice matches but is Offline."
    built.move(alice, "Available")
    shown = now()["tasks"][0]
    assert shown["says"] == "Spanish #1 is reserved for Alice."
    assert shown["why"] == "Alice has been asked."
    [reservation] = shown["reservations"]
    assert reservation["deadline"] == reservation["created"] + 120
    built.answer(task, "accepted")
    shown = now()["tasks"][0]
    assert shown["says"] == "Alice has Spanish #1."
    assert shown["reservations"][0]["deadline"] is None


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "Alice is asked about Spanish #1."),
        ("accepted", "Alice has Spanish #1."),
        ("rejected", "Alice rejected Spanish #1."),
    ],
)
def test_reservation_says_what_became_of_it(built, spanish, now, answer, says):
    built.worker("Alice", languages=["es"])
    task = built.task({"selected_language": "es"})
    if answer:
        built.answer(task, answer)
    assert now()["tasks"][0]["reservations"][0]["says"] == says


def test_every_status_of_a_reservation_has_its_sentence():
    said = module.RESERVATION_SAYS
    assert set(said) == set(RESERVATION)
    assert len(set(said.values())) == len(said)


def test_worker_is_asked_or_assigned_before_available(built, spanish, now):
    alice = built.worker("Alice", languages=["es"], level=7)
    states = [now()["workers"][0]["state"]]
    task = built.task({"selected_language": "es"})
    states.append(now()["workers"][0]["state"])
    built.answer(task, "accepted")
    built.move(alice, "Unavailable")
    states.append(now()["workers"][0]["state"])
    task.update(assignment_status="completed")
    worker = now()["workers"][0]
    assert [*states, worker["state"]] == ["available", "asked", "assigned", "offline"]
    assert (worker["skills"], worker["activity"]) == ("es · level 7", "Unavailable")


def test_queue_names_its_workers_whatever_their_activity(built, spanish, now):
    ana, bob = built.worker("Ana", "Offline", languages=["es"]), built.worker("Bob")
    busy = built.queue("Busy", "channel.default.assigned_tasks > 5 AND 1==1")
    nobody = built.queue("Nobody", "")
    members = {queue["sid"]: queue["worker_sids"] for queue in now()["queues"]}
    assert members[spanish.sid] == [ana.sid]
    assert members[busy.sid] == [ana.sid, bob.sid]  # those who belong to it under some load
    assert members[nobody.sid] == []


def test_default_filter_is_last_and_holds_what_no_other_does(built, spanish, now):
    built.task({"selected_language": "fr"})
    shown = now()
    [workflow] = shown["workflows"]
    assert [each["name"] for each in workflow["filters"]] == ["F0", "Default filter"]
    assert (shown["tasks"][0]["filter"], shown["tasks"][0]["name"]) == (1, "Others #1")
    assert workflow["timeout"] == 120


def test_reserved_task_is_lit_then_the_one_that_changed_last(built, spanish, now, clock):
    assert now()["lit"] is None
    first = built.task({"selected_language": "es"})
    clock.advance(5)
    second = built.task({"selected_language": "es"})
    assert now()["lit"] == second.sid
    built.worker("Alice", languages=["es"])
    assert now()["lit"] == first.sid


def test_reasons_are_looked_for_up_to_a_limit(built, spanish, now, monkeypatch):
    monkeypatch.setattr(module, "MOST_JUDGED", 2)
    built.worker("Ana", "Offline", languages=["es"])
    for _ in range(3):
        built.task({"selected_language": "es"})
    assert [bool(task["why"]) for task in now()["tasks"]] == [True, True, False]
    assert now()["tasks"][2]["says"] == "Spanish #3 waits."


def test_everything_is_json_with_whole_sids(built, spanish, now):
    task = built.task({"selected_language": "es"})
    shown = json.loads(json.dumps(now()))
    assert shown["tasks"][0]["sid"] == task.sid


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ('{"languages": ["en", "es"], "level": 7}', "en, es · level 7"),
        ('{"name": "Ana", "vip": true}', "Ana · vip true"),
        ('{"a": {"b": 1}, "c": [1, "x"], "empty": []}', 'a {"b": 1} · 1, x'),
        ("{}", ""),
        ("[1]", ""),
    ],
)
def test_attributes_in_few_words(attributes, words):
    assert describe_attributes(attributes) == words
