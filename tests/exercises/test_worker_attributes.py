import json

import pytest

CONTACT = {"contact_uri": "client:bob"}
UPDATE = "workspace.workers(lab.{}_sid).update(attributes={!r})"
QUEUE = "workspace.task_queues(lab.spanish_queue_sid).update(target_workers={!r})"


def bob(**attributes):
    return UPDATE.format("bob", json.dumps(attributes))


@pytest.fixture
def exercise(open_exercise):
    return open_exercise("03-alice-idle", "Bob learns Spanish")


def test_unsolved_names_what_is_missing(exercise, marks):
    found = exercise.check()
    assert marks(found) == "○✓✓○"
    assert str(found.lines[0]) == '○ Bob speaks Spanish: his `languages` are ["en"]'
    assert found.advice == (
        'Next: No request has reached Bob: read his attributes, add `"es"` to the list, and end '
        "with `update(attributes=…)`."
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (bob(languages=["en", "es"]), "Bob is asked, and his `contact_uri` is lost: no call"),
        (bob(languages="en, es", **CONTACT), "`languages` is a text now; HAS needs a list"),
        (bob(languages=["es"], **CONTACT), "Bob is asked, and has forgotten his English"),
        (
            UPDATE.format("bob", {"languages": ["en", "es"]}),
            "`attributes` is JSON text: put `json.dumps(…)`",
        ),
        (UPDATE.format("bob", '["en", "es"]'), "`attributes` is a JSON object: give"),
        (UPDATE.format("bob", "null"), "You sent `None`, which `append` returns: change the list"),
        (
            QUEUE.format('languages HAS "en"'),
            'Bob is asked, and so will every Worker without Spanish: put `languages HAS "es"` back',
        ),
        (QUEUE.format('languages HAS "fr"'), "Bob must learn: put"),
        (UPDATE.format("alice", json.dumps(CONTACT)), "That was Alice. Give her back"),
        (UPDATE.format("bob", json.dumps(json.dumps(CONTACT))), "`json.dumps` once is enough"),
        (
            bob(language=["en", "es"], **CONTACT),
            "The TaskQueue asks for `languages`; you wrote `language`.",
        ),
        (
            bob(languages=["en"], language=["en", "es"], **CONTACT),
            "The TaskQueue asks for `languages`; you wrote `language`.",
        ),
        (bob(**CONTACT), "The TaskQueue asks for `languages`."),
        (bob(languages=["en", "ES"], **CONTACT), "TaskQueues say `es`"),
        (bob(languages=["en", "Spanish"], **CONTACT), "TaskQueues say `es`"),
        (bob(languages=["en", "e", "s"], **CONTACT), "`+=` split the text into letters"),
        (bob(languages=["en", ["es"]], **CONTACT), 'Append `"es"`, not a list'),
        (bob(languages=None, **CONTACT), "`append` returns None: write it on a separate line"),
        (bob(languages=["en"], **CONTACT), "write all of them back"),
        (
            "bob = workspace.workers(lab.bob_sid).fetch()\nbob.attributes = '{}'",
            "No request has reached Bob",
        ),
        (bob(languages=["en", "es"], contact_uri="bob"), "his `contact_uri` is changed"),
        (bob(languages=["fr", "es"]), "has forgotten his English"),
    ],
)
def test_slip_is_named(exercise, line, said):
    found = exercise.attempt(line)
    assert said in found.advice and not found.solved


def test_slip_is_mended_without_a_new_beginning(exercise):
    exercise.write(bob(languages=["en", "es"]))
    assert exercise.attempt(bob(languages=["en", "es"], **CONTACT)).solved


def test_refusal_of_an_earlier_attempt_is_not_named(exercise):
    exercise.write(UPDATE.format("bob", CONTACT))
    exercise.names["session"].requests.mark()
    assert "read his attributes" in exercise.check().advice


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("workspace.tasks(workspace.tasks.list()[0].sid).delete()", "there are 1"),
        ("workspace.tasks.list()[0].update(assignment_status='canceled', reason='')", "canceled"),
    ],
)
def test_start_that_is_gone_needs_a_new_beginning(exercise, line, found):
    exercise.write(line)
    assert found in str(exercise.check().lines[0])
    assert "what it started with is gone. Run the exercise" in exercise.check().advice


def test_after_the_time_to_answer_the_exercise_begins_anew(exercise, clock):
    clock.advance(1200)
    assert "Alice is asked about Spanish #1: that Task is pending" in str(exercise.check())
