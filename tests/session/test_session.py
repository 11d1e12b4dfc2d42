import pytest

from helpers import controls, exercises, tables


@pytest.mark.parametrize("function", [controls.tasks, tables.tasks, exercises.bob_learns_spanish])
def test_session_passed_for_the_lab_raises_with_advice(session, function):
    with pytest.raises(AttributeError, match=r"A Session has no '.*lab = prepare\(session\)"):
        function(session)
