"""The record of the tutorial's Workspaces in real accounts: what it contains, and who may use it."""

import json
import os
from datetime import UTC, datetime

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from helpers.lessons.workspace import prepare
from helpers.session import workspace_record
from helpers.session.api_errors import ConnectionFailed
from helpers.session.request_log import utc_now
from helpers.session.session import Session
from helpers.session.workspace_ownership import WORKSPACE, TutorialWorkspaces
from helpers.session.workspace_record import Entry, WorkspaceRecord

ACCOUNT = "AC" + "3" * 32
ENTRY = Entry(WORKSPACE, "01234567", "WS" + "1" * 32, "2026-01-01T00:00:00+00:00")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes and limits")


@pytest.fixture
def record(tmp_path):
    return WorkspaceRecord(tmp_path / "home", ACCOUNT)


@pytest.fixture
def session(live_session):
    return live_session


def test_entries_and_time_of_use_are_stored_by_account(record):
    other = WorkspaceRecord(record.folder, ACCOUNT + " ie1")
    with record.locked():
        record.save(WORKSPACE, ENTRY)
        record.save_used(NOW)
        other.save(WORKSPACE, Entry("Other", "76543210"))
        other.save("none", None)
    assert record.entries() == {WORKSPACE: ENTRY} and record.used() == NOW
    assert other.entries() == {WORKSPACE: Entry("Other", "76543210")} and other.used() is None
    with record.locked():
        record.save(WORKSPACE, None)
    assert record.entries() == {} and record.used() == NOW


@posix_only
def test_record_is_private_and_contains_no_secret(session):
    prepare(session)
    file = session.folder / "live.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert session.folder.stat().st_mode & 0o777 == 0o700
    assert session.auth_token not in file.read_text()


@pytest.mark.parametrize("action", ["find", "find_or_create", "remove", "recreate", "reminder"])
def test_every_action_waits_for_the_lock(session, monkeypatch, action):
    prepare(session)
    session.requests.clear()
    monkeypatch.setattr(workspace_record, "LOCK_SECONDS", 0.1)
    argument = utc_now() if action == "reminder" else WORKSPACE
    with (
        FileLock(session.folder / "live.lock"),
        pytest.raises(ConnectionFailed, match="Another notebook is creating or deleting"),
    ):
        getattr(session.tutorial_workspaces, action)(argument)
    assert len(session.requests) == 0


@pytest.mark.parametrize(
    "damaged",
    [
        "{",
        "[]",
        "5",
        '{"ACCOUNT": []}',
        '{"ACCOUNT": {"workspaces": ["SID"]}}',
        '{"ACCOUNT": {"workspaces": {"NAME": "SID"}}}',
        '{"ACCOUNT": {"workspaces": {"NAME": {"sid": "SID"}}}}',
        '{"ACCOUNT": {"workspaces": {"NAME": {FIELDS, "sid": 5}}}}',
        '{"ACCOUNT": {"workspaces": {"NAME": {FIELDS, "sid": "../Workspaces"}}}}',
        '{"ACCOUNT": {"workspaces": {"NAME": {FIELDS, "sid": "SID", "owner": "me"}}}}',
        '{"ACCOUNT": {"workspaces": {}, "used": "tomorrow"}}',
        '{"ACCOUNT": {"workspaces": {}, "used": "2026-01-01T00:00:00"}}',
        "\x00\xff",
    ],
)
def test_damaged_record_raises_and_is_kept(session, damaged):
    sid = prepare(session).workspace_sid
    fields = '"friendly_name": "NAME", "marker": "01234567", "date_created": ""'
    for word, value in (
        ("FIELDS", fields),
        ("ACCOUNT", session.account_sid),
        ("NAME", WORKSPACE),
        ("SID", sid),
    ):
        damaged = damaged.replace(word, value)
    file = session.folder / "live.json"
    file.write_text(damaged, "latin-1")
    session.requests.clear()
    for attempt in (
        prepare,
        Session.teardown,
        lambda session: session.tutorial_workspaces.reminder(utc_now()),
    ):
        with pytest.raises(
            ConnectionFailed, match=r"live\.json.*cannot be read.*Repair it, or move"
        ):
            attempt(session)
    assert file.read_text("latin-1") == damaged and len(session.requests) == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.text() | st.sampled_from([ACCOUNT, "workspaces", "used", *vars(ENTRY)]), inner
        )
    ),
    max_leaves=8,
)


@given(st.binary() | st.builds(lambda value: json.dumps(value).encode(), JSON))
def test_whatever_the_record_contains_only_connection_failed_is_raised(tmp_path_factory, content):
    folder = tmp_path_factory.getbasetemp() / "damaged record"
    record = WorkspaceRecord(folder, ACCOUNT)
    with record.locked():
        record.file.write_bytes(content)
        try:
            kept = record.entries()
            record.used()
            record.save("New", ENTRY)
        except ConnectionFailed:
            assert record.file.read_bytes() == content
        else:
            assert record.entries() == kept | {"New": ENTRY}


def test_record_that_is_a_folder_raises(session):
    (session.folder / "live.json").mkdir(mode=0o700, parents=True)
    session.folder.chmod(0o700)
    with pytest.raises(ConnectionFailed, match=r"live\.json is not a file"):
        prepare(session)
    assert session.client.taskrouter.v1.workspaces.list() == []


@posix_only
def test_folder_that_others_can_change_raises_before_anything_is_created(session):
    session.folder.mkdir()
    session.folder.chmod(0o777)
    with pytest.raises(ConnectionFailed, match="Other users can change .* Run `chmod 700"):
        prepare(session)
    assert len(session.requests) == 0


@posix_only
def test_full_disk_raises_before_anything_is_created(session):
    import resource  # Windows has none

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(ConnectionFailed, match="Free some space on its disk and try again"):
            TutorialWorkspaces(session.client, session.account_sid, session.folder).find_or_create()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(session.requests) == 0
