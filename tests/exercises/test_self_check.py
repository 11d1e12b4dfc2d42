import re

import pytest

from helpers.exercises import Line, SelfCheck

RIGHT = Line("Bob is <Unavailable>", True, "he is", "Update Bob.")
WRONG = Line("Alice is Offline", False, "she is <Idle>", "Update Alice.")
WRONG_TOO = Line("A Task waits", False, "there is none", "Create one.")


def test_unsolved_shows_what_was_found_and_the_first_advice():
    assert repr(SelfCheck("Lunch", [RIGHT, WRONG, WRONG_TOO])).splitlines() == [
        "○ Not yet solved: Lunch",
        "  ✓ Bob is <Unavailable>",
        "  ○ Alice is Offline: she is <Idle>",
        "  ○ A Task waits: there is none",
        "Next: Update Alice.",
    ]


def test_solved_shows_no_advice():
    assert repr(SelfCheck("Lunch", [RIGHT])) == "✓ Solved: Lunch\n  ✓ Bob is <Unavailable>"


@pytest.mark.parametrize("lines", [[RIGHT], [RIGHT, WRONG, WRONG_TOO]])
def test_notebook_shows_the_same_lines_with_values_escaped(lines):
    self_check = SelfCheck("Lunch", lines)
    shown = self_check._repr_html_().replace("<br>", "\n")
    shown = re.sub(r"</?(div|strong|em)[^>]*>", "", shown)
    shown = shown.replace("&lt;", "<").replace("&gt;", ">")
    assert shown.splitlines() == [line.strip() for line in repr(self_check).splitlines()]
    assert "<Unavailable>" not in self_check._repr_html_()
