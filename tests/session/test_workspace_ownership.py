"""The tutorial creates, changes and deletes only its Workspaces in a real account."""

import json
from datetime import timedelta

import pytest
from recorded_workspaces import record, workspaces

from helpers.lessons.workspace import SEPARATE, STARTS, prepare
from helpers.session.api_errors import ConnectionFailed
from helpers.session.request_log import utc_now
from helpers.session.session import Session
from helpers.session.workspace_ownership import (
    CITY_BIKES,
    COMPLAINTS_WORKSPACE,
    WORKSPACE,
    WORKSPACES,
    TutorialWorkspaces,
)


@pytest.fixture
def session(live_session):
    return live_session


def change_record(session, **fields):
    file = session.folder / "live.json"
    accounts = json.loads(file.read_text())
    accounts[session.account_sid]["workspaces"][WORKSPACE] |= fields
    file.write_text(json.dumps(accounts))


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


def test_complaints_workspace_is_recreated_beside_a_foreign_one(session, capsys):
    others = session.client.taskrouter.v1.workspaces
    theirs = others.create(friendly_name=COMPLAINTS_WORKSPACE).sid
    lessons = prepare(session).workspace_sid
    first = prepare(session, "ten complaints").workspace_sid
    second = prepare(session, "ten complaints").workspace_sid
    assert set(workspaces(session)) == {theirs, lessons, second} and first != second
    assert capsys.readouterr().out.count(f"creates a Workspace '{COMPLAINTS_WORKSPACE} 2'") == 1


def test_city_bikes_is_built_beside_a_foreign_workspace_of_its_name(session, capsys):
    others = session.client.taskrouter.v1.workspaces
    theirs = others.create(friendly_name=CITY_BIKES).sid
    lab = prepare(session, "city bikes")
    assert f"creates a Workspace '{CITY_BIKES} 2'" in capsys.readouterr().out
    assert len(lab.apply()) == 7 and len(lab.workspace.workers.list()) == 2
    assert others(theirs).workers.list() == []
    session.teardown()
    assert list(workspaces(session)) == [theirs]


def test_teardown_removes_only_the_tutorials_workspaces(session, capsys):
    mine = session.client.taskrouter.v1.workspaces.create(friendly_name="Mine").sid
    for start in ("task waiting", *SEPARATE):
        prepare(session, start)
    session.teardown()
    assert list(workspaces(session)) == [mine]
    out = capsys.readouterr().out
    assert all(f"Removed the Workspace {name!r} and everything" in out for name in WORKSPACES)
    session.teardown()
    assert "nothing to remove" in capsys.readouterr().out
    assert list(workspaces(session)) == [mine]


def test_interrupted_teardown_reports_and_resumes(session, capsys, monkeypatch):
    prepare(session)
    complaints = prepare(session, "ten complaints").workspace_sid
    capsys.readouterr()
    request = session.client.http_client.request

    def request_or_fail(method, url, *rest, **named):
        if url.endswith(complaints) and method == "DELETE":
            raise ConnectionFailed("lost")
        return request(method, url, *rest, **named)

    with monkeypatch.context() as patched:
        patched.setattr(session.client.http_client, "request", request_or_fail)
        with pytest.raises(ConnectionFailed, match="lost"):
            session.teardown()
    assert capsys.readouterr().out == (
        f"Removed the Workspace {WORKSPACE!r} and everything in it.\n"
    )
    assert record(session) == {COMPLAINTS_WORKSPACE: complaints}
    session.teardown()
    assert COMPLAINTS_WORKSPACE in capsys.readouterr().out and workspaces(session) == {}


def test_workspace_deleted_concurrently_is_removed_from_the_record(session, monkeypatch):
    sid = prepare(session).workspace_sid
    gone = session.client.taskrouter.v1.workspaces(sid).fetch()
    monkeypatch.setattr(TutorialWorkspaces, "_fetch", lambda *_: gone)
    session.client.taskrouter.v1.workspaces(sid).delete()
    assert session.tutorial_workspaces.remove() is None
    assert record(session) == {}


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
    assert record(session) == {WORKSPACE: sid}
    other.teardown()
    assert session.tutorial_workspaces.find().sid == sid


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


def test_reminder_names_both_workspaces_in_the_plural(session):
    now = utc_now()
    sids = [prepare(session, start).workspace_sid for start in ("anything", "ten complaints")]
    session.tutorial_workspaces.reminder(now)
    assert session.tutorial_workspaces.reminder(now + timedelta(days=2)) == (
        f"The tutorial's Workspaces {sids[0]} and {sids[1]} are still in this account, last used on "
        f"{now:%d %B %Y}. The lessons use them again; session.teardown() removes them."
    )


def test_workspace_deleted_elsewhere_has_no_reminder(session):
    prepare(session).workspace.delete()
    now = utc_now()
    assert session.tutorial_workspaces.reminder(now) == ""
    assert session.tutorial_workspaces.reminder(now + timedelta(days=2)) == ""


def test_local_teardown_removes_only_the_tutorials_workspace(session, capsys):
    session.target = "local"
    mine = session.client.taskrouter.v1.workspaces.create(friendly_name="Mine").sid
    prepare(session)
    session.teardown()
    assert list(workspaces(session)) == [mine]
    assert "Removed the Workspace" in capsys.readouterr().out
    assert not session.folder.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"sid": "THEIRS"},
        {"date_created": "2020-01-01T00:00:00+00:00"},
        {"friendly_name": "Another"},
    ],
)
def test_workspace_that_differs_from_the_record_is_not_deleted(session, clock, fields):
    theirs = session.client.taskrouter.v1.workspaces.create(friendly_name="Theirs").sid
    clock.advance(60)
    mine = prepare(session).workspace_sid
    change_record(
        session, **{key: value.replace("THEIRS", theirs) for key, value in fields.items()}
    )
    before = workspaces(session)
    for attempt in (session.teardown, lambda: session.tutorial_workspaces.recreate(WORKSPACE)):
        with pytest.raises(
            ConnectionFailed, match=r"live\.json records the .* Nothing was deleted"
        ):
            attempt()
    assert workspaces(session) == before and set(before) == {theirs, mine}


def test_workspace_that_is_not_the_recorded_one_is_not_prepared(session, clock):
    theirs = session.client.taskrouter.v1.workspaces.create(friendly_name="Theirs").sid
    clock.advance(60)
    prepare(session)
    change_record(session, sid=theirs)
    session.requests.clear()
    with pytest.raises(ConnectionFailed, match=f"records the Workspace {theirs}"):
        prepare(session, "alice available")
    assert {exchange.method for exchange in session.requests} == {"GET"}


def test_regions_have_separate_records(session, monkeypatch):
    sid = prepare(session).workspace_sid
    monkeypatch.setattr(session.client, "get_hostname", lambda url: url)  # there is one server here
    session.client.region = "ie1"
    session.client.taskrouter.v1.workspaces(sid).update(friendly_name="In the other region")
    assert session.tutorial_workspaces.find() is None
    session.client.region = "us1"
    assert session.tutorial_workspaces.find().sid == sid
