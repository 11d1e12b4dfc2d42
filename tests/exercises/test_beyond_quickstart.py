import pytest

from helpers.exercises import away_not_gone


class TestAwayNotGone:
    @pytest.fixture
    def space(self, exercise_workspace):
        return exercise_workspace("alice offline")

    def test_unsolved_reports_the_timeout_activity(self, space, marks):
        found = away_not_gone(space.lab)
        assert marks(found) == "○✓"
        assert str(found.lines[0]).endswith(": the timeout Activity is Offline")

    def test_timeout_activity_unavailable_solves_it(self, space, marks):
        space.workspace.update(timeout_activity_sid=space.activities["Unavailable"])
        assert marks(away_not_gone(space.lab)) == "✓✓"

    def test_default_activity_in_its_place_gets_both_lines_wrong(self, space, marks):
        space.workspace.update(default_activity_sid=space.activities["Unavailable"])
        assert marks(away_not_gone(space.lab)) == "○○"

    def test_default_activity_changed_too_gets_the_advice_to_undo_it(self, space, marks):
        sid = space.activities["Unavailable"]
        space.workspace.update(timeout_activity_sid=sid, default_activity_sid=sid)
        found = away_not_gone(space.lab)
        assert marks(found) == "✓○"
        assert "it is for new Workers" in found.advice

    def test_available_timeout_activity_is_not_right(self, space, marks):
        space.workspace.update(timeout_activity_sid=space.lab.idle_sid)
        assert marks(away_not_gone(space.lab)) == "○✓"
