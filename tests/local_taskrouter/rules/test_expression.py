import json
import time
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from local_taskrouter.rules.clauses import And, Array, Comparison, Constant, Or, Reference
from local_taskrouter.rules.expression import ExpressionSyntaxError, parse

CASES = json.loads((Path(__file__).parent / "expressions.json").read_text(encoding="utf-8"))
MEGABYTE = 1_000_000


def named(case):
    return f"{case['situation']}: {case['expression']!a}"


@pytest.mark.parametrize("case", CASES["matches"], ids=named)
def test_expression_matches_values(case):
    assert parse(case["expression"]).matches(case["values"]) is case["matches"]


@pytest.mark.parametrize("case", CASES["errors"], ids=named)
def test_syntax_error_has_its_position(case):
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse(case["expression"])
    assert caught.value.text == case["expression"]
    assert caught.value.position == case["position"]
    assert case["expected"] in caught.value.expected


def message(text):
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse(text)
    return str(caught.value).splitlines()


def test_message_of_an_error_is_one_line_and_a_caret_under_the_text():
    assert message("level == 1 b") == [
        "unexpected 'b' at character 12: expected AND, OR or the end",
        "level == 1 b",
        "           ^",
    ]


@pytest.mark.parametrize("text", ["email == “a”", "email == ‘a’", "“email” == 'a'"])
def test_curly_quotation_marks_are_named(text):
    with pytest.raises(ExpressionSyntaxError, match="write straight quotation marks"):
        parse(text)


def test_error_message_at_the_end_of_the_text_names_the_end():
    first, text, caret = message("level")
    assert first.startswith("unexpected end at character 6: expected an operator (==, ")
    assert text == "level"
    assert caret == "     ^"


def test_message_in_a_long_text_shows_only_the_surroundings():
    text = f"level == 1 {'x' * MEGABYTE} {'y' * MEGABYTE}"
    first, excerpt, caret = message(text)
    assert first == f"unexpected {'x' * 20!r} at character 12: expected AND, OR or the end"
    assert len(excerpt) < 100
    assert excerpt[caret.index("^")] == "x" and excerpt[caret.index("^") - 1] == " "


def test_message_of_a_text_with_line_breaks_and_nul_stays_three_printable_lines():
    first, excerpt, caret = message("level\n==\t\x00 1")
    assert first.startswith(r"unexpected '\x00' at character 10: ")
    assert excerpt == "level ==   1"
    assert caret.index("^") == 9


def test_tree_keeps_clauses_flat_and_their_text():
    tree = parse(
        'task.tier = "gold" and ( worker.level>=5 or "es"  in worker.languages )'
    ).condition
    tier = Comparison(Reference(("task", "tier")), "==", Constant("gold"))
    level = Comparison(Reference(("worker", "level")), ">=", Constant(5))
    spanish = Comparison(Constant("es"), "IN", Reference(("worker", "languages")))
    assert tree == And((tier, Or((level, spanish))))
    written = [tree.clauses[0].text, *(each.text for each in tree.clauses[1].clauses)]
    assert written == ['task.tier = "gold"', "worker.level>=5", '"es"  in worker.languages']


def test_clause_reads_the_value_it_compares():
    clause = parse("people[1].level > 3").condition
    assert clause.left.read({"people": [{}, {"level": 2}]}) == 2
    assert clause.right.read({}) == 3
    assert not clause.matches({"people": [{}, {"level": 2}]})


def test_expression_names_the_references_it_reads():
    expression = parse('a.b [ 1 ] == 1 AND (a HAS "x.y" OR 1 IN worker.level) AND a != null')
    assert expression.names == {"a.b[1]", "a", "worker.level"}


def test_expression_can_not_be_changed():
    with pytest.raises(FrozenInstanceError):
        parse("a == 1").text = "b == 1"


def test_thousands_of_clauses_are_parsed():
    each = [f"key{n} == {n}" for n in range(20_000)]
    values = {"key19999": 19_999}
    assert parse(" OR ".join(each)).matches(values)
    assert not parse(" AND ".join(each)).matches(values)


def test_nesting_of_200_parentheses_is_parsed_and_201_is_an_error():
    assert parse("(" * 200 + "a == 1" + ")" * 200).matches({"a": 1})
    first = message("(" * 201 + "a == 1" + ")" * 201)[0]
    assert first == (
        "unexpected '(' at character 201: expected at most 200 parentheses inside each other"
    )


def test_deepest_tree_is_evaluated_and_compared():
    text = "(a == 1 AND (a == 2 OR " * 100 + "a == 1" + "))" * 100
    assert parse(text).matches({"a": 1})
    assert parse(text).condition == parse(text).condition


@pytest.mark.parametrize(
    "text",
    [
        "(" * MEGABYTE,
        "[" * MEGABYTE,
        '"' + "a" * MEGABYTE,
        '"' + r"\a" * (MEGABYTE // 2),
        '"' * MEGABYTE,
        "a == 1 AND " * (MEGABYTE // 11),
        " " * MEGABYTE,
        "a" * MEGABYTE,
        "a." * (MEGABYTE // 2),
        "a[0]" * (MEGABYTE // 4),
        "1" * MEGABYTE,
        "a == " + "1" * MEGABYTE,
        "a[" + "1" * MEGABYTE + "] == 1",
        "\x00" * MEGABYTE,
        "NOT " * (MEGABYTE // 4),
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_megabyte_of_invalid_text_fails_quickly(text):
    start = time.process_time()
    with pytest.raises(ExpressionSyntaxError):
        parse(text)
    assert time.process_time() - start < 10  # a pass over the text takes about a second


def test_string_of_a_megabyte_is_a_value():
    assert parse(f'x == "{"a" * MEGABYTE}"').matches({"x": "a" * MEGABYTE})


def assert_expression_or_syntax_error(text):
    try:
        parse(text).matches({})
    except ExpressionSyntaxError as error:
        assert 0 <= error.position <= len(text)


@given(st.text())
@example("a\x00")
@example("\ud800")
@example("ın == 1")
def test_any_text_is_an_expression_or_a_syntax_error(text):
    assert_expression_or_syntax_error(text)


WORDS = st.sampled_from(
    ["a", "in", "NOT", "IN", "HAS", "AND", "OR", "null", "1", "2.5", "'x'", '"y"']
    + [".", "[", "]", "(", ")", ",", "==", "!=", "<", "-"]
)


@given(st.lists(WORDS).map(" ".join))
def test_any_tokens_are_an_expression_or_a_syntax_error(text):
    assert_expression_or_syntax_error(text)


def written(node):
    """The node as an expression that spells everything out."""
    match node:
        case Constant(value=str() as value):
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case Constant(value=value):
            return json.dumps(value)
        case Array(items=items):
            return f"[{', '.join(written(Constant(item)) for item in items)}]"
        case Reference():
            return node.name
        case Comparison():
            return f"{written(node.left)} {node.operator} {written(node.right)}"
        case And():
            return " AND ".join(f"({written(clause)})" for clause in node.clauses)
        case Or():
            return " OR ".join(f"({written(clause)})" for clause in node.clauses)


SCALARS = st.one_of(
    st.text(), st.integers(0, 10**18), st.booleans(), st.none(), st.sampled_from([0.5, 5.1, 1.0])
)
KEYS = st.from_regex(
    r"(?!(and|or|not|in|has|contains|true|false|null)\Z)[a-z_]\w*\Z", fullmatch=True
)
OPERANDS = st.one_of(
    SCALARS.map(Constant),
    st.lists(SCALARS).map(tuple).map(Array),
    st.tuples(KEYS, st.one_of(KEYS, st.integers(0, 99))).map(Reference),
)
OPERATORS = st.sampled_from(["==", "!=", ">", ">=", "<", "<=", "CONTAINS", "HAS", "IN", "NOT IN"])
COMPARISONS = st.builds(Comparison, OPERANDS, OPERATORS, OPERANDS)
TREES = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(tuple).map(And),
        st.lists(inner, min_size=2, max_size=4).map(tuple).map(Or),
    ),
)


@given(TREES)
def test_formatted_tree_parses_to_the_same_tree(tree):
    assert parse(written(tree)).condition == tree
