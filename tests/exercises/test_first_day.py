import pytest

LESSON, TITLE = "00-start-here", "Carla's first day"
UPDATE = "workspace.workers(carla.sid).update(attributes=json.dumps({}))"
START_AGAIN = "Run the first cell of the exercise, then your line."


def of_carla(attributes: str) -> str:
    return UPDATE.format(attributes)


@pytest.fixture
def carla(open_exercise):
    return open_exercise(LESSON, TITLE)


@pytest.mark.parametrize(
    ("lines", "expected", "advice"),
    [
        ("", "○✓○", "Alice's are a model"),
        (
            'workspace.workers(carla.sid).update(attributes={"languages": ["es"]})',
            "○✓○",
            "put `json.dumps(…)` around the dictionary",
        ),
        (of_carla('["es"]'), "○✓○", "`attributes` is a JSON object: give"),
        (of_carla('"es"'), "○✓○", "`attributes` is a JSON object: give"),
        (of_carla("json.dumps({'languages': ['es']})"), "○✓○", "`json.dumps` once is enough"),
        (
            of_carla('{"languages": "es"}'),
            "○✓○",
            '`languages` is a text. HAS looks into a list: `["es"]`',
        ),
        (of_carla('{"languages": "en es"}'), "○✓○", 'HAS looks into a list: `["es"]`'),
        (
            'workspace.workers.create("Carla", attributes=json.dumps({"languages": ["es"]}))',
            "○✓○",
            "Carla exists: update her",
        ),
        (of_carla('{"language": ["es"]}'), "○✓○", "asks for `languages`; Carla has `language`"),
        (of_carla('{"languages": ["en", "es"]}'), "✓○✓", "leave out what she doesn't speak"),
        (of_carla('{"languages": ["ES"]}'), "○✓○", "say `es`; upper and lower case count"),
        (of_carla('{"languages": ["Spanish"]}'), "○✓○", "say `es`; upper and lower case count"),
        (of_carla('{"languages": ["en"]}'), "○○○", "which is not in the list"),
        (
            'workspace.workers(lab.alice_sid).update(attributes=json.dumps({"languages": ["es"]}))',
            "○✓○",
            f"You have changed Alice. {START_AGAIN}",
        ),
        (
            'workspace.workers(lab.bob_sid).update(attributes=json.dumps({"languages": ["es"]}))',
            "○✓○",
            f"You have changed Bob. {START_AGAIN}",
        ),
        ('carla.attributes = \'{"languages": ["es"]}\'', "○✓○", "and send them with `update("),
        ("workspace.workers(carla.sid).delete()", "○○○", START_AGAIN),
        (
            "workspace.workers(carla.sid).update(activity_sid=lab.offline_sid)\n"
            + of_carla('{"languages": ["es"]}'),
            "✓✓○",
            f"Carla must be Idle while a Task in Spanish waits. {START_AGAIN}",
        ),
        (
            "workspace.task_queues(lab.spanish_queue_sid).update(target_workers='name == \"Carla\"')",
            "○✓○",
            "Alice's are a model",
        ),
    ],
)
def test_slip_is_named(carla, expect, lines, expected, advice):
    expect(carla.attempt(lines), expected, advice)


def test_mended_slip_solves_it_without_a_new_start(carla):
    assert not carla.attempt(of_carla('{"languages": ["en", "es"]}')).solved
    assert carla.attempt(of_carla('{"languages": ["es"]}')).solved
