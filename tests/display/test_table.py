import re
from html import escape

import pandas as pd

from helpers.display.table import Table, table


def test_table_is_a_data_frame():
    shown = table(["a", "b"], [["x", 1], [None, 2]])
    assert isinstance(shown, pd.DataFrame)
    assert list(shown["b"]) == [1, 2]
    assert list(shown["a"]) == ["x", ""]
    assert type(shown[shown["b"] > 1]) is Table


def test_long_values_are_whole_in_text_and_in_html():
    long = "WT" + "0123456789abcdef" * 20
    shown = table([f"column {number}" for number in range(12)], [[long] * 12])
    assert repr(shown).count(long) == shown._repr_html_().count(long) == 12
    assert len(repr(shown).splitlines()) == 2
    assert pd.get_option("display.max_colwidth") == 50


def test_sid_shows_its_end_and_is_whole_on_hover_and_when_copied():
    sid = "WT" + "0" * 26 + "8851ed"
    html = table(["path"], [[f"/Tasks/{sid}"]])._repr_html_()
    short = f"<code class=sid title={sid}>{sid}</code>"
    assert f"/Tasks/{short}" in html
    assert sid in re.sub(r"<[^>]+>", "", html), "a page without styles shows all of it"


def cells(html: str) -> list[tuple[str, str]]:
    """The classes and the content of each cell of the body."""
    pattern = r"<t[hd](?: scope=row)?(?: class=(\w*))?[^>]*>(.*?)</t[hd]>"
    return re.findall(pattern, html.split("<tbody>")[1])


def test_sentence_gets_the_widest_column_and_short_values_one_line():
    row = ["Spanish #1", "pending", "Spanish", "waits: no available Worker matches the expression"]
    html = table(["task", "assignment_status", "queue", "reason"], [row])._repr_html_()
    assert [kind for kind, _ in cells(html)] == ["", "state", "", "wide"]
    assert "white-space:nowrap" in html
    assert ">assignment_<wbr>status</th>" in html


def test_numbers_and_ages_stand_at_the_right():
    rows = [["Alice", 3, 1.25, "3 s", "1 h 3 min"], ["Bob", 12, 2.0, "2 min", "0 s"]]
    html = pd.DataFrame(rows).pipe(Table)._repr_html_()
    assert [kind for kind, _ in cells(html)] == ["", "n", "n", "n", "n"] * 2
    assert ">1.25<" in html and ">2.00<" in html
    assert html.count("<th class=n>") == 4, "the headings"


def test_state_has_a_color_a_shape_and_a_word():
    html = table(
        ["worker", "reservation_status", "available"], [["Alice", "timeout", True]]
    )._repr_html_()
    assert '<span class="pill refused" data-shape=✗>timeout</span>' in html
    assert '<span class="pill available" data-shape=●>True</span>' in html
    assert ".refused{" in html and ".asked{" not in html, "only rules that it uses"


def test_attributes_are_whole_among_few_columns_and_short_among_many():
    attributes = '{"language":"es","vip":true,"note":"x"}'
    assert f"<code>{attributes}</code>" in table(["a", "b"], [["x", attributes]])._repr_html_()
    names = [*"abcdefg"]
    html = table(names, [["x", *range(5), attributes]])._repr_html_()
    assert f'<span class=soft title="{escape(attributes)}">es, 2 more</span>' in html
    assert table(names, [["x", *range(5), attributes]])["g"][0] == attributes


def test_unbroken_value_may_break_only_if_no_page_could_hold_it():
    html = table(["a", "b"], [["x" * 40, "x" * 41]])._repr_html_()
    assert [kind for kind, _ in cells(html)] == ["", "long"]


def test_many_rows_are_counted_between_the_first_and_the_last():
    html = table(["n"], [[number] for number in range(1_100)])._repr_html_()
    assert html.count("<tr>") == 62
    assert ">… 1,040 more rows</td>" in html and ">1099</td>" in html and ">30</td>" not in html


def test_values_are_escaped_in_html():
    html = table(["<b>", "x"], [["<script>alert(1)</script>", "<td>"]])._repr_html_()
    assert "<script" not in html and "<b>" not in html
    assert "&lt;script&gt;" in html and ">&lt;td&gt;</td>" in html


def test_empty_table_has_its_columns():
    shown = table(["a", "b"], [])
    assert list(shown.columns) == ["a", "b"]
    assert repr(shown) == "Nothing yet. Columns: a, b"
    assert ">b</th>" in shown._repr_html_()
    assert shown._repr_html_().endswith("<p>Nothing yet.</p></div>")
