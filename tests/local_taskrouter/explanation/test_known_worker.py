"""A hint on a known Worker is right: the Task names that Worker after it is followed."""

import ast
import re
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_taskrouter.explanation.known_worker import mistake_in_path, mistake_in_value
from local_taskrouter.rules.matching import NamedWorker, known_value

SID = "WK" + "0a" * 16
NAMES = ["Alice", "alice", "Alice ", "ALICE", "Zoe", "Zoë", "Zoe\u0308", "Alice  Lee", "7", SID]
VALUES = [
    *NAMES,
    "",
    '"Alice"',
    "Alise",
    " zoe",
    "bob@example.com",
    7,
    7.5,
    True,
    None,
    SID.lower(),
]


@pytest.mark.parametrize(
    ("value", "name", "why"),
    [
        ("alice", "Alice", "upper and lower case count"),
        ("ZOË", "Zoë", "upper and lower case count"),
        ("Alice@Example.com", "alice@example.com", "upper and lower case count"),
        ("Alice ", "Alice", "spaces count"),
        ("Alice", "Alice ", "spaces count"),
        ("Alice  Lee", "Alice Lee", "spaces count"),
        ("Zoe", "Zoë", "accents count"),
        ("Zoe\u0308", "Zoë", "an accent can be encoded in two ways"),
        ("'Alice'", "Alice", "the quotation marks are part of it"),
        (" zoe", "Zoë", "every character counts"),
        (7, "7", "it must be a string"),
        (["Alice"], "Alice", "it must be a string"),
        (SID, "Alice", "needs a name, and this is a SID"),
    ],
)
def test_hint_names_what_differs_in_a_name(value, name, why):
    mistake = mistake_in_value(NamedWorker("friendly_name", value, "task.agent"), name, SID)
    assert why in mistake and mistake.endswith(f"Write {name!r}.")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (SID.lower(), "upper and lower case count"),
        (f" {SID}", "spaces count"),
        (f'"{SID}"', "the quotation marks are part of it"),
        ("Alice", "known_worker_sid needs a SID, and this is a name"),
    ],
)
def test_hint_names_what_differs_in_a_sid(value, why):
    mistake = mistake_in_value(NamedWorker("sid", value, "task.agent"), "Alice", SID)
    assert why in mistake and mistake.endswith(f"Write {SID!r}.")


def test_hint_shows_an_accent_that_is_a_character_of_its_own():
    named = NamedWorker("friendly_name", "Zoe\u0308", "task.agent")
    assert "task.agent is 'Zoe\\u0308'" in mistake_in_value(named, "Zoë", SID)


def test_hint_asks_about_a_name_that_may_be_misspelled():
    named = NamedWorker("friendly_name", "Alise", "task.agent")
    assert mistake_in_value(named, "Alice", SID) == (
        "task.agent is 'Alise', and there is 'Alice': is one misspelled?"
    )
    assert mistake_in_value(named, "Bob", SID) == ""


@given(
    st.sampled_from(VALUES) | st.lists(st.sampled_from(NAMES), max_size=2),
    st.sampled_from(NAMES),
    st.sampled_from(["sid", "friendly_name"]),
)
def test_task_names_the_worker_after_a_hint_is_followed(value, name, field):
    worker = SimpleNamespace(sid=SID, friendly_name=name)
    named = NamedWorker(field, value, "task.agent")
    mistake = mistake_in_value(named, name, SID)
    if named.is_worker(worker):
        assert mistake == ""
    elif written := re.search(r"Write (.*)\.$", mistake):
        assert NamedWorker(field, ast.literal_eval(written[1])).is_worker(worker)


@pytest.mark.parametrize(
    ("path", "attributes", "written"),
    [
        ("agent", {"agent": "Alice"}, "task.agent"),
        ("{{task.agent}}", {"agent": "Alice"}, "task.agent"),
        ("task.agent ", {"agent": "Alice"}, "task.agent"),
        ("Task.agent", {"agent": "Alice"}, "task.agent"),
        ("context.agent", {"context": {"agent": "Alice"}}, "task.context.agent"),
        ("worker.agent", {"agent": "Alice"}, "task.agent"),
    ],
)
def test_path_that_the_hint_writes_reads_the_attribute(path, attributes, written):
    mistake = mistake_in_path(NamedWorker("friendly_name", None, path), attributes)
    assert mistake.endswith(f"Write {written}.")
    assert known_value(written, attributes) == "Alice"


@pytest.mark.parametrize("path", [SID, "Alice", "task", "worker.sid"])
def test_path_without_such_an_attribute_gets_an_example(path):
    mistake = mistake_in_path(NamedWorker("sid", None, path), {"agent": SID})
    assert mistake.startswith(f"known_worker_sid is {path!r}: it needs the path")
    assert mistake.endswith("such as task.agent.")


@pytest.mark.parametrize(
    ("value", "path"), [(None, "task.agent"), ("Alice", "task.agent"), (1, "")]
)
def test_path_to_an_attribute_is_no_mistake(value, path):
    assert mistake_in_path(NamedWorker("sid", value, path), {}) == ""
