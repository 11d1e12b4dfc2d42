from helpers.installation import CLONE
from helpers.installation.panel import Installation, check_installation
from helpers.installation.parts import Part


def test_complete_installation_is_one_line_on_every_machine(monkeypatch):
    monkeypatch.chdir(CLONE)
    found = check_installation()
    assert found.is_sound, found
    assert repr(found) == "Everything is installed."


def test_wrong_part_is_shown_with_its_fix_and_a_sound_one_is_not():
    found = Installation([Part("Python"), Part("twilio", "not installed", "install it")])
    assert not found.is_sound
    assert found.table.iloc[0].to_list() == ["twilio", "not installed", "install it"]
    assert repr(found).startswith("Not installed correctly. Do what the column 'fix' says")
    assert "install it" in repr(found) and "Python" not in repr(found)
