import re

import pandas as pd
import pytest

from helpers.display.table import Table, table


def test_table_is_a_data_frame():
    shown = table(["a", "b"], [["x", 1], [None, 2]])
    assert isinstance(shown, pd.DataFrame)
    assert list(shown["b"]) == [1, 2]
    assert list(shown["a"]) == ["x", ""]
    assert type(shown[shown["b"] > 1]) is Table


def test_long_values_are_shown_whole_without_index():
    long = "WT" + "0123456789abcdef" * 20
    shown = table([f"column {number}" for number in range(12)], [[long] * 12])
    assert repr(shown).count(long) == shown._repr_html_().count(long) == 12
    assert len(repr(shown).splitlines()) == 2
    assert pd.get_option("display.max_colwidth") == 50


def test_column_is_as_wide_as_its_longest_word_except_sids():
    html = table(["sid", "attributes"], [["WT" + "0" * 32, '{"topic":"orders"}']])._repr_html_()
    widths = [int(width) for width in re.findall(r"min-width: (\d+)ch", html)]
    assert widths == [17, len('{"topic":"orders"}')]


def test_wide_columns_share_the_rest_of_a_narrow_page():
    columns = ["sid", "attributes", "assignment_status", "reason"]
    html = table(
        columns, [["WT" + "0" * 32, '{"topic":"orders"}', "pending", "waits"]]
    )._repr_html_()
    assert html.startswith('<div style="container-type: inline-size;"><table ')
    left = r"min\((\d+)ch, \(100cqi - 6ch - 4em\) \* ([\d.]+)\);"
    found = re.findall(rf"min-width: {left}", html)
    assert [int(letters) for letters, _ in found] == [17, 18, 17]
    assert sum(float(share) for _, share in found) == pytest.approx(0.8, abs=0.02)
    assert "min-width: 6ch;" in html
    assert ">assignment_<wbr>status</th>" in html


def test_values_are_escaped_in_html():
    html = table(["<b>", "x"], [["<script>alert(1)</script>", "<td>"]])._repr_html_()
    assert "<script" not in html and "<b>" not in html
    assert "&lt;script&gt;" in html and ">&lt;td&gt;</td>" in html


def test_empty_table_has_its_columns():
    shown = table(["a", "b"], [])
    assert list(shown.columns) == ["a", "b"]
    assert repr(shown) == "Nothing yet. Columns: a, b"
    assert ">b</th>" in shown._repr_html_()
    assert shown._repr_html_().endswith("<p>Nothing yet.</p>")
