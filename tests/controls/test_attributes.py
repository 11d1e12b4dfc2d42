import pytest

from helpers.controls.attributes import AttributesError, read_attributes


@pytest.mark.parametrize("text", ["", "  \n", "{}"])
def test_nothing_is_no_attributes(text):
    assert read_attributes(text) == {}


def test_an_object_is_read():
    assert read_attributes('{"vip": true, "n": [1, null]}') == {"vip": True, "n": [1, None]}


@pytest.mark.parametrize(
    ("text", "told"),
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
        ('{"n": NaN}', "JSON has no NaN."),
    ],
)
def test_an_error_points_at_the_place(text, told):
    if told is None:
        assert read_attributes(text)
        return
    with pytest.raises(AttributesError) as refused:
        read_attributes(text)
    assert str(refused.value).startswith(told)
