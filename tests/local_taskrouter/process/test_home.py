"""The home folder: its place, its files, its credentials."""

import os
import re
import stat
import sys
from pathlib import Path

import platformdirs
import pytest
from local_taskrouter.process.home import ACCOUNT_SID, Home, Running, code_version

RUNNING = Running("http://127.0.0.1:8790", 4711, ACCOUNT_SID, "token", "0123456789abcdef")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("TASKROUTER_ACCOUNT_SID", raising=False)
    monkeypatch.delenv("TASKROUTER_AUTH_TOKEN", raising=False)
    home = Home(tmp_path / "state" / "home")
    home.create()
    return home


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_environment_variable_sets_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("TASKROUTER_HOME", str(tmp_path / "here"))
    assert Home().folder == tmp_path / "here"
    assert Home(tmp_path / "there").folder == tmp_path / "there"


def test_default_folder_is_the_users_state_folder(monkeypatch):
    monkeypatch.delenv("TASKROUTER_HOME", raising=False)
    expected = platformdirs.user_state_dir("taskrouter-notebooks", appauthor=False)
    assert Home().folder == Path(expected)


def test_relative_folder_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert Home("mine").folder == tmp_path / "mine"


def test_reading_creates_no_folder(tmp_path):
    home = Home(tmp_path / "home")
    assert home.running() is None and home.last_port() is None
    assert not home.folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_the_owner_can_read_the_files(home):
    home.write_running(RUNNING)
    home.credentials()
    with home.serving_lock():
        files = {file.name for file in home.folder.iterdir()}
        assert {"emulator.json", "settings.json", "serving.lock"} <= files
        assert mode(home.folder) == 0o700
        assert {mode(home.folder / name) for name in files} == {0o600}


def test_emulator_json_is_removed_only_for_its_process(home):
    home.write_running(RUNNING)
    assert home.running() == RUNNING
    home.remove_running(RUNNING.pid + 1)
    assert home.running() == RUNNING
    home.remove_running(RUNNING.pid)
    assert home.running() is None and not home.running_file.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"url": "http://127.0.0.1:1"}'])
def test_invalid_emulator_json_means_not_running(home, text):
    home.running_file.write_text(text)
    assert home.running() is None


def test_writing_leaves_no_temporary_file(home):
    home.write_running(RUNNING)
    home.write_running(RUNNING)
    assert [file.name for file in home.folder.iterdir()] == ["emulator.json"]


def test_repr_of_running_has_no_token():
    assert "token'" not in repr(RUNNING)


def test_token_is_random_and_stored_in_the_home(home, tmp_path):
    sid, token = home.credentials()
    assert sid == ACCOUNT_SID and re.fullmatch("[0-9a-f]{32}", token)
    home.save_port(8123)
    assert Home(home.folder).credentials() == (sid, token)
    other = Home(tmp_path / "other")
    other.create()
    assert other.credentials()[1] != token


def test_credentials_of_the_environment_win_and_are_not_stored(home, monkeypatch):
    kept = home.credentials()
    monkeypatch.setenv("TASKROUTER_ACCOUNT_SID", "AC" + "1" * 32)
    monkeypatch.setenv("TASKROUTER_AUTH_TOKEN", "chosen")
    assert home.credentials() == ("AC" + "1" * 32, "chosen")
    monkeypatch.delenv("TASKROUTER_ACCOUNT_SID")
    monkeypatch.delenv("TASKROUTER_AUTH_TOKEN")
    assert home.credentials() == kept


def test_port_is_stored_beside_the_token(home):
    token = home.credentials()
    home.save_port(8123)
    home.save_port(8124)
    assert (home.last_port(), home.credentials()) == (8124, token)


def test_invalid_settings_are_replaced(home):
    home.settings_file.write_text("not JSON")
    assert home.credentials() == home.credentials()


def test_deleting_the_database_deletes_its_side_files(home):
    home.credentials()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{home.database}{suffix}").touch()
    home.delete_database()
    assert [file.name for file in home.folder.iterdir()] == ["settings.json"]
    home.delete_database()


def test_uncreatable_folder_raises_with_advice(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Set TASKROUTER_HOME to a folder that you can write to"):
        Home(tmp_path / "file").create()


def test_version_is_16_hex_digits():
    assert re.fullmatch("[0-9a-f]{16}", code_version())
