"""A mistake that says what to do is right: the clause is true afterwards."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from local_taskrouter.explanation.common_mistakes import find_mistake
from local_taskrouter.explanation.verdicts import judge
from local_taskrouter.rules.clauses import OPERATORS, Comparison
from local_taskrouter.rules.expression import parse
from local_taskrouter.rules.scope import queue_scope, target_scope, worker_fields

SAYS_WHAT_TO_DO = re.compile(r"(?i)\b(write|make|set|rename|give|use|leave|raise)\b")
TEXTS = [
    "es",
    "ES ",
    "a,b",
    "a; b",
    "a",
    "7",
    "-7",
    " 7.5",
    "0.00001",
    "True",
    "false",
    "",
    'q"\\',
    "skills",
]
SCALARS = st.sampled_from([*TEXTS, 7, 7.5, 0, -7, True, False, None])
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=3))
KEYS = ["skills", "level", "vip", "product-line", "product_line", "Skills", "attributes", "24h"]
ATTRIBUTES = st.dictionaries(
    st.sampled_from(KEYS),
    st.one_of(VALUES, st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3)),
    max_size=4,
)
NAMES = ["skills", "skils", "level", "vip", "product_line", "Skills", "attributes.level", "sid"]
PATHS = [
    *(prefix + name for name in NAMES for prefix in ("", "worker.", "task.", "worker.attributes.")),
    "skills[0]",
    "skills[9]",
    "level.skills",
    "vip.level.skills",
]


def written(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value).removeprefix("-")  # expressions have no negative numbers


OPERANDS = st.one_of(st.sampled_from(PATHS), VALUES.map(written))
CLAUSES = st.tuples(OPERANDS, st.sampled_from(sorted(OPERATORS)), OPERANDS).map(" ".join)


@st.composite
def scopes(draw):
    """The values of a filter, of target_workers, or of a target's expression."""
    kind, attributes = draw(st.sampled_from(["filter", "queue", "target"])), draw(ATTRIBUTES)
    if kind == "filter":
        return attributes
    fields = worker_fields(
        attributes,
        sid="WK1",
        friendly_name="es",
        activity_sid="WA1",
        activity_name="Idle",
        channels={},
    )
    if kind == "queue":
        return queue_scope(fields, attributes)
    return target_scope(draw(ATTRIBUTES), fields)


@given(CLAUSES, scopes())
@example('"skills" HAS "english"', {"skills": ["english"]})
@example("task.level NOT IN task.vip", {"task": {"level": 1}, "worker": {}})
@example('level >= "-7"', {"level": 0})
def test_clause_is_true_after_its_hint_is_followed(clause, values):
    comparison = parse(clause).condition
    assert isinstance(comparison, Comparison)
    assume(not comparison.matches(values))
    mistake = find_mistake(comparison, values)
    if mistake is None:
        return
    if mistake.fix is None:
        assert not SAYS_WHAT_TO_DO.search(re.sub(r'"(?:\\.|[^"\\])*"', "", mistake.text)), (
            mistake.text
        )
        return
    assert SAYS_WHAT_TO_DO.search(mistake.text)
    assert parse(mistake.fix.clause.text).matches(mistake.fix.apply(values)), mistake
    if mistake.fix.clause is not comparison:
        assert mistake.fix.clause.text in mistake.text


@pytest.mark.parametrize(
    ("clause", "values", "hint"),
    [
        ('"skills" HAS "english"', {"skills": ["english"]}, 'write skills HAS "english"'),
        ("skills HAS 'a'", {"skills": "a,b"}, 'make it ["a", "b"]'),
        ("skills HAS 'c'", {"skills": "a,b"}, "skills is a string."),
        ("skills IN 'a'", {"skills": ["a"]}, 'write skills HAS "a"'),
        ("routing.skills HAS 'x'", {"skills": ["x"]}, "but there is skills: write skills HAS"),
        ('skills HAS "x"', {"routing": {"skills": ["x"]}}, "write routing.skills HAS"),
        ("task.sid NOT IN task.excluded", {"task": {"sid": 1}, "worker": {}}, "an empty array, []"),
        ('vip == "True"', {"vip": True}, "Write vip == true, without quotation marks"),
        ("vip == true", {"vip": "True"}, "Set vip to true, without quotation marks"),
        ("level >= 5", {"level": "3"}, "they cannot be ordered."),
        ('skills != "es"', {"skills": ["fr"]}, 'write "es" NOT IN skills'),
    ],
)
def test_hint_names_what_to_write(clause, values, hint):
    [mistake] = judge(clause, values).mistakes
    assert hint in mistake


def test_attributes_are_no_part_of_a_path():
    clause = 'worker.attributes.skills HAS "x"'
    fields = {"skills": ["x"]}
    for values in (target_scope({}, fields), queue_scope(fields, fields)):
        [mistake] = judge(clause, values).mistakes
        assert mistake == ('Attributes are read without `attributes`: write worker.skills HAS "x".')
    [mistake] = judge(clause, target_scope({}, {"skills": ["y"]})).mistakes
    assert mistake.endswith('without `attributes`: worker.skills is ["y"].')


def test_prefix_that_may_be_either_is_asked_for_without_a_choice():
    values = {"task": {"level": 5}, "worker": {"level": 3}}
    [mistake] = judge("level >= 5", values).mistakes
    assert mistake == "This expression needs a prefix: worker.level is 3, task.level is 5."
