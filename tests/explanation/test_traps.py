import pytest
from local_taskrouter.explanation.verdicts import judge

WORKER = {"skills": ["es"], "level": "7", "product-line": "x", "name": "Ann", "languages": "es"}
PAIR = {"task": {"level": 5}, "worker": {"level": 3, "languages": ["es"]}}


@pytest.mark.parametrize(
    ("expression", "values", "says"),
    [
        ('languages HAS "es"', WORKER, 'languages is a text: make it ["es"]'),
        ('"es" IN languages', WORKER, "IN needs an array"),
        ('"fr" NOT IN languages', WORKER, "NOT IN needs an array"),
        ('skils HAS "es"', WORKER, "no key skils, but there is skills"),
        ('Skills HAS "es"', WORKER, "no key Skills, but there is skills"),
        ('product_line == "x"', WORKER, "Rename it to product_line"),
        ("level >= 5", WORKER, "Write both as numbers"),
        ("level == 7", WORKER, "one is a text, the other a number"),
        ('skills HAS "ES"', WORKER, "upper and lower case"),
        ('name == "ann "', WORKER, "spaces count"),
        ('skills == "es"', WORKER, "skills is an array: use HAS"),
        ('skills HAS "fr"', WORKER, ""),
        ('name == "Bob"', WORKER, ""),
        ("salary > 3", WORKER, ""),
        ('name CONTAINS "bb"', WORKER, ""),
        ('skills CONTAINS "es"', WORKER, "skills is an array"),
        ("level CONTAINS 7", WORKER, "CONTAINS compares texts only"),
        ("level >= 5", PAIR, "write worker.level"),
        ("task.skills == worker.level", PAIR, ""),
        ('task.topic == "a"', {"topic": "b"}, "leave task. out"),
        ("skills[3] == 1", WORKER, "no element [3]"),
        ("name.first == 1", WORKER, "before .first is a text"),
        ("level HAS 3", {"level": None}, "level is null."),
        ("vip == true", {"vip": "true"}, "one is a text, the other true or false"),
        ("scores HAS 3", {"scores": ["3"]}, 'scores has "3", not 3'),
        ("scores HAS other", {"scores": [1], "other": [1]}, "other is an array"),
    ],
)
def test_a_usual_mistake_is_named_and_an_honest_no_is_not(expression, values, says):
    verdict = judge(expression, values)
    assert not verdict.holds
    [trap] = verdict.traps or [""]
    assert says in trap and bool(says) == bool(trap)


def test_what_holds_has_no_trap_and_what_does_not_decide_neither():
    assert judge('skils HAS "es" OR name == "Ann"', WORKER).traps == ()
    assert judge("1==1", {}).traps == ()


def test_the_values_met_are_told_and_null_is_not_nothing():
    verdict = judge('a == "x" AND b HAS 1 AND c == 2', {"a": "x", "c": None})
    assert [str(clause) for clause in verdict.clauses] == [
        'a == "x": a is "x"',
        "b HAS 1: b is not there",
        "c == 2: c is null",
    ]
    assert [clause.holds for clause in verdict.clauses] == [True, False, False]
    assert [clause.decides for clause in verdict.clauses] == [False, True, True]


def test_a_long_value_is_shortened():
    [clause] = judge("a == 1", {"a": "x" * 500}).clauses
    assert len(clause.found()) < 140 and clause.found().endswith("…")


def test_what_is_no_expression_matches_nothing_and_says_where():
    verdict = judge("skill-level > 1", {"skill": 3})
    assert not verdict.holds and "character 6" in verdict.error and "skill_level" in verdict.error
    assert judge("", {}) == judge(None, {})
    assert not judge("", {}).holds and not judge("", {}).error
