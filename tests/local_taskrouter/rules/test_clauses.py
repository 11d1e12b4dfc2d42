import pytest
from local_taskrouter.rules.clauses import (
    comparisons,
    failing_comparisons,
    missing_part,
    nearest_fixes,
    references,
)
from local_taskrouter.rules.expression import parse

VALUES = {"a": 1, "b": None, "deep": {"list": [10]}, "text": "x"}


def texts(found):
    return [one.text for one in found]


def test_comparisons_are_in_written_order():
    condition = parse("a == 1 AND (b == 2 OR deep.list HAS 3)").condition
    assert texts(comparisons(condition)) == ["a == 1", "b == 2", "deep.list HAS 3"]


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("a == 1", []),
        ("a == 2", ["a == 2"]),
        ("a == 1 AND a == 2 AND a == 3", ["a == 2", "a == 3"]),
        ("a == 2 OR a == 3", ["a == 2", "a == 3"]),
        ("a == 2 OR a == 1", []),
        ("a == 1 AND (a == 2 OR a == 1)", []),
        ("a == 1 AND (a == 2 OR a == 3)", ["a == 2", "a == 3"]),
        ("a == 3 OR (a == 1 AND a == 2)", ["a == 3", "a == 2"]),
    ],
)
def test_failing_comparisons_are_those_that_make_it_false(text, blamed):
    condition = parse(text).condition
    assert texts(failing_comparisons(condition, VALUES)) == blamed
    assert condition.matches(VALUES) == (not blamed)


@pytest.mark.parametrize(
    ("text", "fixes"),
    [
        ("a == 1", [[]]),
        ("a == 2", [["a == 2"]]),
        ("a == 2 AND a == 1 AND a == 3", [["a == 2", "a == 3"]]),
        ("a == 2 OR a == 3", [["a == 2"], ["a == 3"]]),
        ("a == 2 OR (a == 3 AND a == 4)", [["a == 2"]]),
        ("a == 2 AND (a == 3 OR a == 4)", [["a == 2", "a == 3"], ["a == 2", "a == 4"]]),
        ("(a == 1 AND a == 2) OR (a == 3 AND a == 4) OR a == 5", [["a == 2"], ["a == 5"]]),
    ],
)
def test_nearest_fixes_change_the_fewest_comparisons(text, fixes):
    found = nearest_fixes(parse(text).condition, VALUES, 3)
    assert [texts(each) for each in found] == fixes


def test_nearest_fixes_are_limited_where_they_multiply():
    condition = parse(" AND ".join(["(a == 2 OR a == 3)"] * 50)).condition
    found = nearest_fixes(condition, VALUES, 4)
    assert len(found) == 4 and {len(each) for each in found} == {50}


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("a", None),
        ("b", None),  # null is there
        ("deep.list[0]", None),
        ("c", (VALUES, "c")),
        ("deep.other", (VALUES["deep"], "other")),
        ("deep.list[1]", ([10], 1)),
        ("deep[0]", (VALUES["deep"], 0)),
        ("text.more", ("x", "more")),
        ("b.more", (None, "more")),
    ],
)
def test_missing_part_is_where_a_path_ends(path, missing):
    [reference] = references(parse(f"{path} == 1").condition)
    assert missing_part(reference, VALUES) == missing


def test_references_are_read_from_both_sides():
    assert [one.name for one in references(parse("a == text").condition)] == ["a", "text"]
