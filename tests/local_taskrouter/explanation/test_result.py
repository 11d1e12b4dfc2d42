"""The result of explain: text, JSON, and a repr that pytest and IPython show in full."""

import json

import pytest
from _pytest._io.saferepr import saferepr
from IPython.lib.pretty import pretty


def test_result_is_text_and_json(builder):
    builder.worker("Ann", "Offline", skill="a")
    target = {"queue": builder.queue("Q", 'skill == "a"').sid, "skip_if": "1==2"}
    builder.workflow(('topic == "t"', target))
    explanation = builder.explain(builder.task({"topic": "t"}))
    assert str(explanation).splitlines()[1] == "Ann matches but is Offline."
    found = json.loads(json.dumps(explanation.to_dict()))
    assert found["sentence"] == "Ann matches but is Offline."
    assert found["place"]["task_queue"] == "Q" and not found["place"]["skip_if"]["holds"]
    assert found["filters"][0]["verdict"]["clauses"][0]["met"] == {"topic": '"t"'}
    [candidate] = found["candidates"]
    assert candidate["matches"] and not candidate["is_available"]
    assert candidate["target_workers"]["clauses"][0]["text"] == 'skill == "a"'
    assert candidate["description"] == "matches but is Offline"


@pytest.mark.parametrize("length", [3, 64])
def test_failing_test_shows_the_repr_in_full(builder, length):
    builder.workflow(default=builder.queue())
    for name in ("Ann", "Ben", "Cid"):
        builder.worker(
            f"{name} of the team that speaks Spanish and a little French too"[:length], "Offline"
        )
    task = builder.task()
    explanation = builder.explain(task)
    shown = saferepr(explanation)  # what pytest shows of `assert …, explanation`
    assert shown == repr(explanation) and "\n" not in shown
    assert shown.startswith(f"Task {task.sid} is pending: Ann")
    assert shown.endswith("(str() shows every reason)")
    assert ("match but are Offline." in shown) == (length == 3)


def test_repr_of_a_task_not_yet_created_says_so(builder):
    builder.workflow(default=builder.queue())
    assert repr(builder.explain({})).startswith("A Task, if it were created now: ")


def test_ipython_shows_all_the_text(builder):
    builder.workflow(default=builder.queue())
    explanation = builder.explain(builder.task())
    assert pretty(explanation) == str(explanation)
