"""The home folder: its place, its files, its credentials."""

import json
import os
import re
import stat
import sys
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_taskrouter.process import launch
from local_taskrouter.process.home import (
    ACCOUNT_SID,
    Home,
    InvalidCredentials,
    Running,
    code_version,
)
from local_taskrouter.process.owner import Owner
from local_taskrouter.process.private_files import UnusableFile

RUNNING = Running("http://127.0.0.1:9", 4711, ACCOUNT_SID, "token", "0123456789abcdef")


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", 5),
        ("url", "http://127.0.0.1"),
        ("url", "http://127.0.0.1:0"),
        ("url", "http://127.0.0.1:999999"),
        ("url", "https://127.0.0.1:8790"),
        ("url", "http://user@127.0.0.1:8790"),
        ("url", "http://127.0.0.1:8790/path"),
        ("pid", "4711"),
        ("pid", True),
        ("pid", -1),
        ("pid", 2**31),
        ("account_sid", "AC:1"),
        ("account_sid", None),
        ("auth_token", "t\u00f6k"),
        ("auth_token", ""),
        ("version", 1),
        ("surplus", 1),
    ],
)
def test_one_wrong_value_in_emulator_json_means_not_running(home, name, value):
    home.running_file.write_text(json.dumps({**asdict(RUNNING), name: value}))
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


def test_invalid_settings_are_replaced_and_valid_ones_kept(home):
    token = home.credentials()[1]
    for invalid in (999_999, -1, 0, True, "8790", 87.9, None, [8790]):
        home.settings_file.write_text(json.dumps({"auth_token": token, "port": invalid}))
        assert (home.last_port(), home.owner(), home.credentials()[1]) == (None, None, token)
    home.save_port(8123)
    for invalid in ("", "tök", "a b", "a\n", 5, None, {}):
        home.settings_file.write_text(json.dumps({"auth_token": invalid, "port": 8123}))
        assert re.fullmatch("[0-9a-f]{32}", home.credentials()[1])
        assert home.last_port() == 8123


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([*asdict(RUNNING).values(), "http://127.0.0.1:999999", 2**31, 2**200]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
FIELDS = [*asdict(RUNNING), "port", "owner"]
CONTENT = (
    st.binary()
    | st.builds(lambda value: json.dumps(value).encode(), JSON)
    | st.builds(
        lambda changes: json.dumps(asdict(RUNNING) | changes).encode(),
        st.dictionaries(st.sampled_from(FIELDS), JSON),
    )
)


@given(content=CONTENT)
def test_whatever_the_files_contain_the_home_works(tmp_path_factory, content):
    """Damaged files count as missing: `stop` finds nothing to stop, and a new token is made."""
    home = Home(tmp_path_factory.getbasetemp() / "damaged home")
    home.create()
    home.running_file.write_bytes(content)
    running = home.running()
    if running is not None:
        assert Running.parse(asdict(running)) == running
        f"{running.url} {running.account_sid}:{running.auth_token}".encode("latin-1")
        assert 0 < urlsplit(running.url).port <= 65_535
    assert launch.find_running(home) is None
    assert launch.stop(home) is None
    home.settings_file.write_bytes(content)
    Owner.of_pid(home.owner()).has_ended()
    port = home.last_port()
    assert port is None or 0 < port <= 65_535
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("TASKROUTER_AUTH_TOKEN", raising=False)
        assert home.credentials() == home.credentials()
    assert home.last_port() == port


@pytest.mark.parametrize("name", ["TASKROUTER_ACCOUNT_SID", "TASKROUTER_AUTH_TOKEN"])
@pytest.mark.parametrize("value", ["tök", "a b", "a\n", "’"])
def test_credential_that_http_cannot_carry_is_reported_without_its_value(
    home, monkeypatch, name, value
):
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidCredentials, match=f"^{name} contains a character") as caught:
        home.credentials()
    assert value not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
@pytest.mark.parametrize(
    "name",
    [
        *("emulator.json", "settings.json", "taskrouter.db", "taskrouter.db-wal", "emulator.log"),
        *("serving.lock", "transparent/authority.key", "transparent/authority.pem"),
    ],
)
def test_planted_link_is_refused_before_anything_is_written(home, tmp_path, name):
    (home.folder / name).parent.mkdir(exist_ok=True)
    (home.folder / name).symlink_to(tmp_path / "target")
    with pytest.raises(UnusableFile, match=f"{name} is a link to another file"):
        home.create()
    with pytest.raises(launch.EmulatorUnavailable, match=f"{name} is a link to another file"):
        launch.ensure_running(home)
    assert not (tmp_path / "target").exists()


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
