from xml.etree import ElementTree

import pytest

from helpers.display.html import (
    ProgressBar,
    age,
    facts_html,
    folded_html,
    short,
    table_html,
)

FACTS = [("name", "<b>Alice</b>"), ("age & co.", 41)]


def cells(html: str) -> list[list[tuple[str, str | None, str]]]:
    """Each cell of each row: its tag, its scope ("row", "col" or None) and its text.

    Fails for text outside of cells and summary, and for anything but one well-formed element.
    """
    table = ElementTree.fromstring(html)
    found = [
        [(cell.tag, cell.get("scope"), "".join(cell.itertext())) for cell in row]
        for row in table.iter("tr")
    ]
    texts = [text for row in found for _, _, text in row]
    assert "".join(table.itertext()) == (table.findtext("summary") or "") + "".join(texts)
    return found


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (119, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (90_061, "25 h"),
    ],
)
def test_age_uses_the_largest_unit(seconds, text):
    assert age(seconds) == text


def test_short_sid_is_its_end():
    assert short("WT0123456789abcdef0123456789abcdef") == "…abcdef"


def test_facts_table_has_a_row_for_each_and_escapes_values():
    html = facts_html(FACTS, names_width="9em")
    assert cells(html) == [
        [("th", "row", "name"), ("td", None, "<b>Alice</b>")],
        [("th", "row", "age & co."), ("td", None, "41")],
    ]
    assert "min-width:9em" in html


def test_folded_facts_are_the_same_table_behind_a_title():
    html = folded_html("More & more", FACTS)
    folded = ElementTree.fromstring(html)
    assert (folded.tag, folded.findtext("summary")) == ("details", "More & more")
    assert cells(html) == cells(facts_html(FACTS))


def test_table_has_column_headings_and_row_headings():
    assert cells(table_html(["Worker", "Why <not>"], [["Bob", "1 < 2"], ["Alice", ""]])) == [
        [("th", "col", "Worker"), ("th", "col", "Why <not>")],
        [("th", "row", "Bob"), ("td", None, "1 < 2")],
        [("th", "row", "Alice"), ("td", None, "")],
    ]


def test_no_facts_or_rows_give_an_empty_string():
    assert facts_html([]) == folded_html("More", []) == table_html(["Worker"], []) == ""


def test_progress_bar_has_a_name_and_a_number_for_a_screen_reader():
    bar = ProgressBar("Playing <the> days")
    bar.show(0.429)
    assert bar.value.startswith("<label") and bar.value.endswith("</label>")
    assert "Playing &lt;the&gt; days <progress" in bar.value
    assert '<progress max="100" value="42"' in bar.value
    assert "</progress> 42 %" in bar.value


def test_progress_bar_sends_nothing_while_the_percentage_stays():
    bar, sent = ProgressBar("Playing"), []
    bar.observe(sent.append, "value")
    for share in (0.501, 0.502, 0.509, 0.51):
        bar.show(share)
    assert len(sent) == 2


def test_progress_bar_stores_its_name_alone():
    bar = ProgressBar("Playing")
    bar.show(0.5)
    assert bar._repr_mimebundle_()["text/plain"] == "Playing"
