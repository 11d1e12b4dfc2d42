import re

import pytest

from helpers.checks import CheckFailed
from helpers.exercises import Line, SelfCheck

RIGHT = Line("Bob is <Unavailable>", True, "he is", "Update Bob.")
WRONG = Line("Alice is Offline", False, "she is <Idle>", "Update Alice.")
WRONG_TOO = Line("A Task waits", False, "there is none", "Create one.")


def test_what_is_not_yet_right_says_what_was_found_and_what_to_do_first():
    assert repr(SelfCheck("Lunch", [RIGHT, WRONG, WRONG_TOO])).splitlines() == [
        "○ Not yet solved: Lunch",
        "  ✓ Bob is <Unavailable>",
        "  ○ Alice is Offline: she is <Idle>",
        "  ○ A Task waits: there is none",
        "Next: Update Alice.",
    ]


def test_when_all_is_right_there_is_nothing_left_to_do():
    assert repr(SelfCheck("Lunch", [RIGHT])) == "✓ Solved: Lunch\n  ✓ Bob is <Unavailable>"


@pytest.mark.parametrize("lines", [[RIGHT], [RIGHT, WRONG, WRONG_TOO]])
def test_a_notebook_shows_the_same_as_text_not_as_tags(lines):
    self_check = SelfCheck("Lunch", lines)
    shown = self_check._repr_html_().replace("<br>", "\n")
    shown = re.sub(r"</?(div|strong|em)[^>]*>", "", shown)
    shown = shown.replace("&lt;", "<").replace("&gt;", ">")
    assert shown.splitlines() == [line.strip() for line in repr(self_check).splitlines()]
    assert "<Unavailable>" not in self_check._repr_html_()


def test_a_solved_one_passes_and_prints_its_lines(capsys):
    SelfCheck("Lunch", [RIGHT]).require()
    assert capsys.readouterr().out == "✓ Solved: Lunch\n  ✓ Bob is <Unavailable>\n"


def test_one_line_that_is_not_right_is_enough_to_fail(capsys):
    self_check = SelfCheck("Lunch", [RIGHT, WRONG])
    with pytest.raises(CheckFailed) as failed:
        self_check.require()
    assert str(failed.value) == repr(self_check)
    assert capsys.readouterr().out == ""
