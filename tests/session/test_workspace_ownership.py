"""The tutorial creates, changes and deletes only its Workspaces in a real account."""

import json
import os
from datetime import timedelta

import pytest

from helpers.lessons.workspace import STARTS, prepare
from helpers.session.api_errors import ConnectionFailed
from helpers.session.request_log import utc_now
from helpers.session.session import Session
from helpers.session.workspace_ownership import (
    FAULTY_WORKSPACE,
    WORKSPACE,
    WORKSPACES,
    TutorialWorkspaces,
)


@pytest.fixture
def session(client, emulator, tmp_path):
    """A live session whose account is an emulator."""
    sid, token = emulator.taskrouter.account_sid, emulator.taskrouter.auth_token
    log = client.http_client.log
    return Session(client, "live", emulator.url, log, sid, token, tmp_path / "home")


def workspaces(session):
    return {w.sid: w.friendly_name for w in session.client.taskrouter.v1.workspaces.list()}


def record(session):
    return json.loads((session.folder / "live.json").read_text())


def test_prepare_announces_a_workspace_before_creating_it(session, capsys, monkeypatch):
    printed = []
    create = type(session.client.taskrouter.v1.workspaces).create
    monkeypatch.setattr(
        type(session.client.taskrouter.v1.workspaces),
        "create",
        lambda *given, **named: printed.append(capsys.readouterr().out) or create(*given, **named),
    )
    prepare(session)
    [notice] = printed
    assert f"creates a Workspace {WORKSPACE!r} in the account {session.account_sid}" in notice
    assert "session.teardown() removes it" in notice
    assert capsys.readouterr().out == ""


def test_renamed_workspace_is_found_again(session, capsys):
    first = prepare(session).workspace_sid
    capsys.readouterr()
    session.client.taskrouter.v1.workspaces(first).update(friendly_name="Renamed")
    assert prepare(session).workspace_sid == first
    assert workspaces(session) == {first: "Renamed"} and capsys.readouterr().out == ""


def test_foreign_workspace_of_the_same_name_is_not_touched(session, capsys):
    others = session.client.taskrouter.v1.workspaces
    theirs = [others.create(friendly_name=name).sid for name in (WORKSPACE, f"{WORKSPACE} 2")]
    session.requests.clear()
    for start in STARTS:
        lab = prepare(session, start)
    session.teardown()
    assert not any(sid in exchange.path for exchange in session.requests for sid in theirs)
    assert lab.workspace_sid not in theirs and list(workspaces(session)) == theirs
    out = capsys.readouterr().out
    assert f"creates a Workspace '{WORKSPACE} 3'" in out and "does not touch it" in out


def test_faulty_workspace_is_recreated_beside_a_foreign_one(session, capsys):
    others = session.client.taskrouter.v1.workspaces
    theirs = others.create(friendly_name=FAULTY_WORKSPACE).sid
    lessons = prepare(session).workspace_sid
    first = prepare(session, "seven faults").workspace_sid
    second = prepare(session, "seven faults").workspace_sid
    assert set(workspaces(session)) == {theirs, lessons, second} and first != second
    assert capsys.readouterr().out.count(f"creates a Workspace '{FAULTY_WORKSPACE} 2'") == 1


def test_teardown_removes_only_the_tutorials_workspaces(session, capsys):
    mine = session.client.taskrouter.v1.workspaces.create(friendly_name="Mine").sid
    prepare(session, "task waiting")
    prepare(session, "seven faults")
    session.teardown()
    assert list(workspaces(session)) == [mine]
    out = capsys.readouterr().out
    assert all(f"Removed the Workspace {name!r} and everything" in out for name in WORKSPACES)
    session.teardown()
    assert "nothing to remove" in capsys.readouterr().out
    assert list(workspaces(session)) == [mine]


def test_interrupted_teardown_reports_and_resumes(session, capsys, monkeypatch):
    prepare(session)
    faulty = prepare(session, "seven faults").workspace_sid
    capsys.readouterr()
    request = session.client.http_client.request

    def request_or_fail(method, url, *rest, **named):
        if url.endswith(faulty) and method == "DELETE":
            raise ConnectionFailed("lost")
        return request(method, url, *rest, **named)

    with monkeypatch.context() as patched:
        patched.setattr(session.client.http_client, "request", request_or_fail)
        with pytest.raises(ConnectionFailed, match="lost"):
            session.teardown()
    assert capsys.readouterr().out == (
        f"Removed the Workspace {WORKSPACE!r} and everything in it.\n"
    )
    assert record(session)[session.account_sid]["workspaces"] == {FAULTY_WORKSPACE: faulty}
    session.teardown()
    assert FAULTY_WORKSPACE in capsys.readouterr().out and workspaces(session) == {}


def test_workspace_deleted_concurrently_is_removed_from_the_record(session, monkeypatch):
    sid = prepare(session).workspace_sid
    gone = session.client.taskrouter.v1.workspaces(sid).fetch()
    monkeypatch.setattr(TutorialWorkspaces, "find", lambda *_: gone)
    session.client.taskrouter.v1.workspaces(sid).delete()
    assert session.tutorial_workspaces.remove() is None
    assert record(session)[session.account_sid]["workspaces"] == {}


def test_prepare_after_teardown_creates_another_workspace(session):
    first = prepare(session).workspace_sid
    session.teardown()
    assert prepare(session).workspace_sid != first


def test_workspace_deleted_elsewhere_is_created_again(session):
    first = prepare(session)
    first.workspace.delete()
    assert session.tutorial_workspaces.find() is None
    again = prepare(session)
    assert list(workspaces(session)) == [again.workspace_sid]


def test_accounts_have_separate_records(session, emulator):
    sid = prepare(session).workspace_sid
    other = Session(
        session.client, "live", "", session.requests, "AC" + "9" * 32, None, session.folder
    )
    assert other.tutorial_workspaces.find() is None
    assert record(session)[session.account_sid]["workspaces"] == {WORKSPACE: sid}
    other.teardown()
    assert session.tutorial_workspaces.find().sid == sid


@pytest.mark.skipif(os.name != "posix", reason="there are no file modes")
def test_record_is_private_and_contains_no_secret(session):
    prepare(session)
    file = session.folder / "live.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert session.folder.stat().st_mode & 0o777 == 0o700
    assert session.auth_token not in file.read_text()


def test_reminder_after_a_day_names_the_workspace(session):
    now = utc_now()
    assert session.tutorial_workspaces.reminder(now) == ""
    sid = prepare(session).workspace_sid
    assert session.tutorial_workspaces.reminder(now) == ""
    assert session.tutorial_workspaces.reminder(now + timedelta(hours=23)) == ""
    reminder = session.tutorial_workspaces.reminder(now + timedelta(hours=48))
    assert sid in reminder and "session.teardown() removes it" in reminder
    assert session.tutorial_workspaces.reminder(now + timedelta(hours=49)) == ""
    session.teardown()
    assert session.tutorial_workspaces.reminder(now + timedelta(days=9)) == ""


def test_workspace_deleted_elsewhere_has_no_reminder(session):
    prepare(session).workspace.delete()
    now = utc_now()
    assert session.tutorial_workspaces.reminder(now) == ""
    assert session.tutorial_workspaces.reminder(now + timedelta(days=2)) == ""


@pytest.mark.parametrize(
    "damaged",
    [
        "{",
        "[]",
        '{"ACCOUNT": []}',
        '{"ACCOUNT": {"workspaces": ["SID"]}}',
        '{"ACCOUNT": {"workspaces": {"NAME": 5}}}',
        '{"ACCOUNT": {"workspaces": {"NAME": "../Workspaces"}}}',
        '{"ACCOUNT": {"workspaces": {"NAME": "SID"}, "used": "tomorrow"}}',
        '{"ACCOUNT": {"workspaces": {"NAME": "SID"}, "used": "2026-01-01T00:00:00"}}',
        "\x00\xff",
    ],
)
def test_damaged_record_raises_and_is_kept(session, damaged):
    sid = prepare(session).workspace_sid
    for word, value in (("ACCOUNT", session.account_sid), ("NAME", WORKSPACE), ("SID", sid)):
        damaged = damaged.replace(word, value)
    file = session.folder / "live.json"
    file.write_text(damaged, "latin-1")
    for attempt in (
        prepare,
        Session.teardown,
        lambda session: session.tutorial_workspaces.reminder(utc_now()),
    ):
        with pytest.raises(ConnectionFailed, match=r"live\.json.*cannot be read"):
            attempt(session)
    assert file.read_text("latin-1") == damaged and len(workspaces(session)) == 1


def test_record_that_is_a_folder_raises(session):
    session.folder.mkdir()
    (session.folder / "live.json").mkdir()
    with pytest.raises(ConnectionFailed, match=r"live\.json.*cannot be read"):
        prepare(session)
    assert workspaces(session) == {}


def test_local_teardown_removes_only_the_tutorials_workspace(session, capsys):
    session.target = "local"
    mine = session.client.taskrouter.v1.workspaces.create(friendly_name="Mine").sid
    prepare(session)
    session.teardown()
    assert list(workspaces(session)) == [mine]
    assert "Removed the Workspace" in capsys.readouterr().out
    assert not session.folder.exists()
