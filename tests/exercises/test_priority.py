import pytest

LESSON, TITLE = "02-create-a-task", "First in line"
THIRD = "workspace.tasks.create(workflow_sid=lab.workflow_sid, attributes={}{})"
ALICE_IS_BACK = "workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)"
BOB_IS_BACK = "workspace.workers(lab.bob_sid).update(activity_sid=lab.idle_sid)"
RAISE_FIRST = (
    "first = workspace.tasks.list()[0]\n"
    "workspace.tasks(first.sid).update(attributes=first.attributes, priority=11)"
)


def third(attributes: str = '{"selected_language": "en"}', priority: object = None) -> str:
    """The line that creates a Task with these attributes, as JSON text."""
    return THIRD.format(repr(attributes), "" if priority is None else f", priority={priority!r}")


@pytest.fixture
def line(open_exercise):
    return open_exercise(LESSON, TITLE)


@pytest.mark.parametrize(
    ("lines", "expected", "advice"),
    [
        ("", "✓○○○", "Create it as you did Carmen's Task, in English"),
        (third(), "✓✓○○", "Another Task has 10 and is served first"),
        (third(priority=5), "✓✓○○", "Another Task has 10 and is served first"),
        (third(priority=10), "✓✓○○", "With equal priorities the older Task is first"),
        (
            third('{"selected_language": "en", "priority": 11}'),
            "✓✓○○",
            "pass `priority` as an argument, not as an attribute",
        ),
        (
            third(priority=10) + "\n" + third('{"selected_language": "en", "priority": 11}'),
            "✓✓○○",
            "pass `priority` as an argument, not as an attribute",
        ),
        (third(priority=-5), "✓○○○", "whole number from 0 to 2147483647, not -5; nothing was"),
        (third(priority=1.5), "✓○○○", "whole number from 0 to 2147483647, not 1.5; nothing was"),
        (third(priority="high"), "✓○○○", "whole number from 0 to 2147483647, not high; nothing"),
        (third(priority=2**31), "✓○○○", "whole number from 0 to 2147483647, not 2147483648"),
        (RAISE_FIRST, "○○○○", "You moved another customer: create the third one's Task"),
        (third('{"selected_language": "EN"}', 11), "✓○○○", "No filter knows `EN`: nothing was"),
        (third('{"language": "en"}', 11), "✓○○○", "with a `selected_language`"),
        (THIRD.format({"selected_language": "en"}, ", priority=11"), "✓○○○", "are JSON text"),
        (third('{"selected_language": "es"}', 11), "✓○○○", "`selected_language` must be `en`"),
        (
            "for task in workspace.tasks.list():\n    workspace.tasks(task.sid).delete()",
            "○○○○",
            "Next: Run the first cell of the exercise, and begin again.",
        ),
        (third(priority=11), "✓✓✓○", "Now let Bob come back"),
        (f"{BOB_IS_BACK}\n{third(priority=11)}", "✓✓✓○", "Bob came back too early"),
        (BOB_IS_BACK, "✓○○○", "Next: Bob came back too early"),
        (f"{third(priority=5)}\n{BOB_IS_BACK}", "✓✓○○", "Go higher. Bob came back too early"),
        (
            f"{third(priority=11)}\n{ALICE_IS_BACK}\n{BOB_IS_BACK}",
            "✓✓✓○",
            "Next: Alice came back, and was asked. Run the first cell",
        ),
        (third('{"selected_language": "en", "topic": ["heating"]}'), "✓✓○○", "Go higher"),
    ],
)
def test_slip_is_named(line, expect, lines, expected, advice):
    expect(line.attempt(lines), expected, advice)


def test_third_task_with_the_topic_of_a_waiting_one_solves_it(line):
    same_topic = '{"selected_language": "en", "topic": "password"}'
    assert line.attempt(f"{third(same_topic, 11)}\n{BOB_IS_BACK}").solved


def test_start_leaves_the_attributes_of_the_lesson_alone(line):
    assert "attributes" not in line.names


def test_earlier_attempts_do_not_stand_in_the_way(line):
    line.write(third(priority=5))
    line.write(third(priority="high"))
    assert line.attempt(f"{third(priority=11)}\n{BOB_IS_BACK}").solved
