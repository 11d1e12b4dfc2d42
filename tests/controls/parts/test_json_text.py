import json

import pytest

from helpers.controls.parts.json_text import AttributesError, read_attributes


@pytest.mark.parametrize("text", ["", "  \n", "{}"])
def test_empty_text_is_an_empty_object(text):
    assert read_attributes(text) == {}


def test_object_is_parsed():
    assert read_attributes('{"vip": true, "n": [1, null]}') == {"vip": True, "n": [1, None]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"vip": yes}',
            'Line 1, character 9: Expecting value, such as "text", 5, true, false or null.\n{"vip": yes}\n        ^',
        ),
        ("{\n  'vip': 1}", "Line 2, character 3: "),
        (
            '{"name": "Ann",\n"vip": yes}',
            'Line 2, character 8: Expecting value, such as "text", 5, true, false or null.\n"vip": yes}\n       ^',
        ),
        ('{"vip": 1', "Line 1, character 10: Expecting ',' delimiter.\n{\"vip\": 1\n         ^"),
        ('{"vip": 1}\n\n', None),
        ('{"vip": 1} x', "Line 1, character 12: Extra data."),
        ('{"vip":\n', "Line 2, character 1: Expecting value, "),
        ("[1]", 'Attributes are a JSON object, such as {"vip": true}.'),
        ("null", "Attributes are a JSON object"),
        ("[1]\n", "Attributes are a JSON object"),
        ('{"n": NaN}', 'Line 1, character 7: JSON has no NaN.\n{"n": NaN}\n      ^'),
        ('{"NaN": 1,\n "n": -Infinity}', "Line 2, character 7: JSON has no -Infinity."),
        ('{"n": 1e999}', "Line 1, character 7: This number is too large."),
        (f'{{"n": -{"9" * 5000}}}', "Line 1, character 7: This number is too large."),
        ('{"n": [1e999]', "Line 1, character 14: Expecting ',' delimiter."),
        (r'{"n": "\ud800"}', "Line 1, character 7: This text holds half a character."),
        (r'{"n\udc00": 1}', "Line 1, character 2: This text holds half a character."),
        ('{"n": "\ud800"}', 'Line 1, character 7: This text holds half a character.\n{"n": "?"}\n'),
        (
            f'{{"n": {"[" * 2000}{"]" * 2000}}}',
            "Line 1, character 106: More than 100 brackets within each other.",
        ),
        ("[" * 200_000, "Line 1, character 101: More than 100 brackets within each other."),
        (
            '{"a": "\u2028",\n"b" 1}',
            "Line 2, character 5: Expecting ':' delimiter.\n\"b\" 1}\n    ^",
        ),
    ],
)
def test_error_points_at_the_place(text, message):
    if message is None:
        assert read_attributes(text)
        return
    with pytest.raises(AttributesError) as refused:
        read_attributes(text)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        r'{"n": "\ud83d\ude00 \\ud800 NaN [[ \" 1e999"}',
        f'{{"n": {"[" * 99}{"]" * 99}, "m": [[], {{}}]}}',
        '{"n": [-1.5e-3, 1e308, 0, -12]}',
    ],
)
def test_lookalikes_of_unsendable_values_are_accepted(text):
    assert read_attributes(text) == json.loads(text)


def test_error_names_the_parameters():
    with pytest.raises(AttributesError) as refused:
        read_attributes("[1, 2]", "parameters")
    assert str(refused.value) == 'Parameters are a JSON object, such as {"Priority": "5"}.'
