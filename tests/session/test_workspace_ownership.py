"""What the tutorial does to a real account: one Workspace of its own, and nothing else."""

import json
import os
from datetime import timedelta

import pytest

from helpers.lessons.workspace import STARTS, prepare
from helpers.session import workspace_ownership
from helpers.session.request_log import utc_now
from helpers.session.session import ConnectionFailed, Session
from helpers.session.workspace_ownership import (
    FAULTY_WORKSPACE,
    WORKSPACE,
    WORKSPACES,
    find,
    forgotten,
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


def test_it_says_what_it_will_create_before_it_does(session, capsys, monkeypatch):
    said_before = []
    create = type(session.client.taskrouter.v1.workspaces).create
    monkeypatch.setattr(
        type(session.client.taskrouter.v1.workspaces),
        "create",
        lambda *given, **named: (
            said_before.append(capsys.readouterr().out) or create(*given, **named)
        ),
    )
    prepare(session)
    [told] = said_before
    assert f"creates a Workspace {WORKSPACE!r} in the account {session.account_sid}" in told
    assert "session.teardown() removes it" in told
    assert capsys.readouterr().out == ""


def test_it_is_created_once_and_found_again_whatever_it_is_called_now(session, capsys):
    first = prepare(session).workspace_sid
    capsys.readouterr()
    session.client.taskrouter.v1.workspaces(first).update(friendly_name="Renamed")
    assert prepare(session).workspace_sid == first
    assert workspaces(session) == {first: "Renamed"} and capsys.readouterr().out == ""


def test_a_workspace_of_the_same_name_that_is_not_its_own_is_left_alone(session, capsys):
    others = session.client.taskrouter.v1.workspaces
    theirs = [others.create(friendly_name=name).sid for name in (WORKSPACE, f"{WORKSPACE} 2")]
    session.requests.clear()
    for start in STARTS:
        lab = prepare(session, start)
    session.teardown()
    assert not any(sid in exchange.path for exchange in session.requests for sid in theirs)
    assert lab.workspace_sid not in theirs and list(workspaces(session)) == theirs
    told = capsys.readouterr().out
    assert f"creates a Workspace '{WORKSPACE} 3'" in told and "leaves alone" in told


def test_the_faults_are_made_anew_in_their_own_and_beside_one_of_that_name(session, capsys):
    others = session.client.taskrouter.v1.workspaces
    theirs = others.create(friendly_name=FAULTY_WORKSPACE).sid
    lessons = prepare(session).workspace_sid
    first = prepare(session, "seven faults").workspace_sid
    second = prepare(session, "seven faults").workspace_sid
    assert set(workspaces(session)) == {theirs, lessons, second} and first != second
    assert capsys.readouterr().out.count(f"creates a Workspace '{FAULTY_WORKSPACE} 2'") == 1


def test_teardown_removes_exactly_its_own(session, capsys):
    mine = session.client.taskrouter.v1.workspaces.create(friendly_name="Mine").sid
    prepare(session, "task waiting")
    prepare(session, "seven faults")
    session.teardown()
    assert list(workspaces(session)) == [mine]
    told = capsys.readouterr().out
    assert all(f"The Workspace {name!r} is removed" in told for name in WORKSPACES)
    session.teardown()
    assert "nothing to remove" in capsys.readouterr().out
    assert list(workspaces(session)) == [mine]


def test_teardown_says_what_it_removed_before_the_network_was_lost(session, capsys, monkeypatch):
    prepare(session)
    faulty = prepare(session, "seven faults").workspace_sid
    capsys.readouterr()
    request = session.client.http_client.request

    def lose(method, url, *rest, **named):
        if url.endswith(faulty) and method == "DELETE":
            raise ConnectionFailed("lost")
        return request(method, url, *rest, **named)

    with monkeypatch.context() as losing:
        losing.setattr(session.client.http_client, "request", lose)
        with pytest.raises(ConnectionFailed, match="lost"):
            session.teardown()
    assert capsys.readouterr().out == (
        f"The Workspace {WORKSPACE!r} is removed, with all that was in it.\n"
    )
    assert record(session)[session.account_sid]["workspaces"] == {FAULTY_WORKSPACE: faulty}
    session.teardown()
    assert FAULTY_WORKSPACE in capsys.readouterr().out and workspaces(session) == {}


def test_one_that_somebody_else_deletes_in_the_same_moment_is_gone_as_well(session, monkeypatch):
    sid = prepare(session).workspace_sid
    gone = session.client.taskrouter.v1.workspaces(sid).fetch()
    monkeypatch.setattr(workspace_ownership, "find", lambda *_: gone)
    session.client.taskrouter.v1.workspaces(sid).delete()
    assert workspace_ownership.remove(session) is None
    assert record(session)[session.account_sid]["workspaces"] == {}


def test_after_teardown_the_next_lesson_creates_another(session):
    first = prepare(session).workspace_sid
    session.teardown()
    assert prepare(session).workspace_sid != first


def test_one_that_was_deleted_elsewhere_is_created_again(session):
    first = prepare(session)
    first.workspace.delete()
    assert find(session) is None
    again = prepare(session)
    assert list(workspaces(session)) == [again.workspace_sid]


def test_each_account_has_its_own(session, emulator):
    sid = prepare(session).workspace_sid
    other = Session(
        session.client, "live", "", session.requests, "AC" + "9" * 32, None, session.folder
    )
    assert find(other) is None
    assert record(session)[session.account_sid]["workspaces"] == {WORKSPACE: sid}
    other.teardown()
    assert find(session).sid == sid


@pytest.mark.skipif(os.name != "posix", reason="there are no file modes")
def test_what_is_written_down_is_for_its_owner_and_no_secret(session):
    prepare(session)
    file = session.folder / "live.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert session.folder.stat().st_mode & 0o777 == 0o700
    assert session.auth_token not in file.read_text()


def test_one_that_was_left_behind_is_offered_for_removal_after_a_day(session):
    now = utc_now()
    assert forgotten(session, now) == ""
    sid = prepare(session).workspace_sid
    assert forgotten(session, now) == ""
    assert forgotten(session, now + timedelta(hours=23)) == ""
    told = forgotten(session, now + timedelta(hours=48))
    assert sid in told and "session.teardown() removes it" in told
    assert forgotten(session, now + timedelta(hours=49)) == ""
    session.teardown()
    assert forgotten(session, now + timedelta(days=9)) == ""


def test_one_that_was_deleted_elsewhere_is_not_offered(session):
    prepare(session).workspace.delete()
    now = utc_now()
    assert forgotten(session, now) == ""
    assert forgotten(session, now + timedelta(days=2)) == ""


@pytest.mark.parametrize(
    "spoilt",
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
def test_a_record_that_cannot_be_read_is_explained_and_kept(session, spoilt):
    sid = prepare(session).workspace_sid
    for word, meant in (("ACCOUNT", session.account_sid), ("NAME", WORKSPACE), ("SID", sid)):
        spoilt = spoilt.replace(word, meant)
    file = session.folder / "live.json"
    file.write_text(spoilt, "latin-1")
    for attempt in (prepare, Session.teardown, lambda session: forgotten(session, utc_now())):
        with pytest.raises(ConnectionFailed, match=r"live\.json.*cannot be read"):
            attempt(session)
    assert file.read_text("latin-1") == spoilt and len(workspaces(session)) == 1


def test_a_record_that_is_no_file_is_explained(session):
    session.folder.mkdir()
    (session.folder / "live.json").mkdir()
    with pytest.raises(ConnectionFailed, match=r"live\.json.*cannot be read"):
        prepare(session)
    assert workspaces(session) == {}


def test_locally_teardown_removes_the_tutorials_workspace_only(session, capsys):
    session.target = "local"
    mine = session.client.taskrouter.v1.workspaces.create(friendly_name="Mine").sid
    prepare(session)
    session.teardown()
    assert list(workspaces(session)) == [mine]
    assert "is removed" in capsys.readouterr().out
    assert not session.folder.exists()
