import pytest
from local_taskrouter.explanation.verdicts import judge

WORKER = {"skills": ["es"], "level": "7", "product-line": "x", "name": "Ann", "languages": "es"}
PAIR = {"task": {"level": 5}, "worker": {"level": 3, "languages": ["es"]}}


@pytest.mark.parametrize(
    ("expression", "values", "mistake"),
    [
        ('languages HAS "es"', WORKER, 'languages is a string: make it ["es"]'),
        ('"es" IN languages', WORKER, "IN needs an array"),
        ('"fr" NOT IN languages', WORKER, "NOT IN needs an array"),
        ('skils HAS "es"', WORKER, "no key skils, but there is skills"),
        ('Skills HAS "es"', WORKER, "no key Skills, but there is skills"),
        ('product_line == "x"', WORKER, "Rename it to product_line"),
        ("level >= 5", WORKER, "Set level to 7, without"),
        ("level == 7", WORKER, "one is a string, the other a number"),
        ('skills HAS "ES"', WORKER, "case and spaces count"),
        ('name == "ann "', WORKER, "spaces count"),
        ('skills == "es"', WORKER, "skills is an array: write skills HAS"),
        ('skills HAS "fr"', WORKER, ""),
        ('name == "Bob"', WORKER, ""),
        ("salary > 3", WORKER, ""),
        ('name CONTAINS "bb"', WORKER, ""),
        ('skills CONTAINS "es"', WORKER, "skills is an array"),
        ("level CONTAINS 7", WORKER, "CONTAINS compares strings only"),
        ("level >= 5", PAIR, "worker.level is 3, task.level is 5"),
        ("task.skills == worker.level", PAIR, ""),
        ('task.topic == "a"', {"topic": "b"}, "takes no prefix: topic is"),
        ("skills[3] == 1", WORKER, "no element [3]"),
        ("name.first == 1", WORKER, "before .first is a string"),
        ("level HAS 3", {"level": None}, "level is null."),
        ("vip == true", {"vip": "true"}, "one is a string, the other a boolean"),
        ("scores HAS 3", {"scores": ["3"]}, 'scores has "3", not 3'),
        ("scores HAS other", {"scores": [1], "other": [1]}, "other is an array"),
    ],
)
def test_common_mistake_is_found_and_plain_mismatch_has_none(expression, values, mistake):
    verdict = judge(expression, values)
    assert not verdict.holds
    [found] = verdict.mistakes or [""]
    assert mistake in found and bool(mistake) == bool(found)


def test_mistake_is_looked_for_only_in_deciding_clauses():
    assert judge('skils HAS "es" OR name == "Ann"', WORKER).mistakes == ()
    assert judge("1==1", {}).mistakes == ()


def test_clause_shows_value_met_and_null_differs_from_missing():
    verdict = judge('a == "x" AND b HAS 1 AND c == 2', {"a": "x", "c": None})
    assert [str(clause) for clause in verdict.clauses] == [
        'a == "x": a is "x"',
        "b HAS 1: b is missing",
        "c == 2: c is null",
    ]
    assert [clause.holds for clause in verdict.clauses] == [True, False, False]
    assert [clause.decides for clause in verdict.clauses] == [False, True, True]


def test_long_value_is_shortened():
    [clause] = judge("a == 1", {"a": "x" * 500}).clauses
    assert len(clause.found()) < 140 and clause.found().endswith("…")


def test_invalid_expression_holds_for_nothing_and_shows_position():
    verdict = judge("skill-level > 1", {"skill": 3})
    assert not verdict.holds and "character 6" in verdict.error and "skill_level" in verdict.error
    assert judge("", {}) == judge(None, {})
    assert not judge("", {}).holds and not judge("", {}).error
