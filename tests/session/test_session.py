import pytest

from helpers import controls, exercises, tables


@pytest.mark.parametrize("use", [controls.tasks, tables.tasks, exercises.bob_learns_spanish])
def test_the_session_in_the_place_of_the_lab_says_what_is_meant(session, use):
    with pytest.raises(AttributeError, match=r"A Session has no '.*lab = prepare\(session\)"):
        use(session)
