import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from local_taskrouter.core.required_values import need_of, values_at
from local_taskrouter.rules.expression import parse

LITERALS = ['"es"', '"en"', "1", "1.0", "2", "true", "false", "null"]
KEYS = ["languages", "level", "team.lead"]
clauses = st.one_of(
    st.builds(
        "{} {} {}".format,
        st.sampled_from(KEYS),
        st.sampled_from(["==", "!=", "HAS", ">"]),
        st.sampled_from(LITERALS),
    ),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(LITERALS),
        st.sampled_from(["==", "IN"]),
        st.sampled_from(KEYS),
    ),
    st.builds(
        "{} {} [{}]".format,
        st.sampled_from(KEYS),
        st.sampled_from(["IN", "NOT IN"]),
        st.lists(st.sampled_from(LITERALS), max_size=3).map(", ".join),
    ),
)
conditions = st.recursive(
    clauses,
    lambda inner: st.builds("({}) {} ({})".format, inner, st.sampled_from(["AND", "OR"]), inner),
)
scalars = st.sampled_from(["es", "en", 1, 1.0, 2, True, False, None])
values = st.one_of(scalars, st.lists(scalars, max_size=3))
attributes = st.fixed_dictionaries(
    {},
    optional={
        "languages": values,
        "level": values,
        "team": st.fixed_dictionaries({}, optional={"lead": values}),
    },
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(conditions, attributes)
def test_whoever_matches_has_what_is_needed(text, attributes):
    expression = parse(text)
    need = need_of(expression.condition)
    if need is not None and expression.matches(attributes):
        assert need.values & set(values_at(need.path, attributes))


@pytest.mark.parametrize(
    ("text", "path", "needed"),
    [
        ('languages HAS "es"', ("languages",), {("str", "es")}),
        ('"es" IN languages', ("languages",), {("str", "es")}),
        ('level > 3 AND team.lead == "Ann"', ("team", "lead"), {("str", "Ann")}),
        ("level IN [1, 2.0]", ("level",), {("number", 1), ("number", 2)}),
        ("level == 1 OR level == 2", ("level",), {("number", 1), ("number", 2)}),
    ],
)
def test_a_need_is_found(text, path, needed):
    need = need_of(parse(text).condition)
    assert (need.path, need.values) == (path, needed)


@pytest.mark.parametrize(
    "text",
    [
        "1 == 1",
        "level != 1",
        "level == null",
        "level IN [1, null]",
        "level == 1 OR name == 1",
        "level > 3",
    ],
)
def test_what_may_match_anything_has_no_need(text):
    assert need_of(parse(text).condition) is None
