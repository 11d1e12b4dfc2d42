import threading
from dataclasses import replace
from time import monotonic

import pytest
import requests
from spy_lock import SpyLock
from timeout import eventually

from helpers.controls.follow import poller as poller_module
from helpers.controls.follow.poller import Update, poller_for
from helpers.controls.follow.reader import SnapshotReader
from helpers.lessons.workspace import PreparedWorkspace, prepare


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller_module, "TICK", 0.01)
    monkeypatch.setattr(poller_module, "SECONDS_BETWEEN", {"local": 0.01})


def panel_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "panels"]


def point(lab: PreparedWorkspace, address: str) -> None:
    """As connect() does when TaskRouter is at another address."""
    lab.session.client.taskrouter.base_url = lab.session.address = address


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the poller has read, in order: "settings" and "snapshot"."""
    calls: list[str] = []
    for name in ("settings", "snapshot"):
        original = getattr(SnapshotReader, f"read_{name}")

        def spy(*given, name=name, original=original):
            calls.append(name)
            return original(*given)

        monkeypatch.setattr(SnapshotReader, f"read_{name}", spy)
    return calls


def test_poll_is_not_in_the_request_log(lab):
    before = len(lab.session.requests)
    poller_for(lab).refresh()
    assert len(lab.session.requests) == before


def test_labs_of_one_workspace_share_one_poller(lab, session):
    again = prepare(session, "anything")
    assert poller_for(lab) is poller_for(again)
    assert poller_for(again).lab is again


def test_labs_of_different_workspaces_have_different_pollers(lab):
    assert poller_for(lab) is not poller_for(replace(lab, workspace_sid="WS" + "0" * 32))


def test_ten_listeners_share_one_poll(lab, reads):
    poller = poller_for(lab)
    updates: list[int] = []
    for number in range(10):
        poller.subscribe(lambda update, number=number: updates.append(number))
    assert len(panel_threads()) == 1
    poller.refresh()
    assert reads.count("snapshot") == 1
    assert updates[:10] == list(range(10))


def test_listener_gets_a_change_without_a_refresh(lab, quick):
    poller = poller_for(lab)
    updates: list[Update] = []
    poller.subscribe(updates.append)
    made = lab.workspace.workers.create(friendly_name="Carol")
    eventually("an update", lambda: updates and updates[-1].snapshot.worker(made.sid))


def test_listener_gets_a_new_activity(lab, quick):
    poller = poller_for(lab)
    updates: list[Update] = []
    poller.subscribe(updates.append)
    made = lab.workspace.activities.create(friendly_name="Lunch")
    eventually(
        "news",
        lambda: (
            updates and made.sid in {one.sid for one in updates[-1].snapshot.settings.activities}
        ),
    )


def test_settings_are_read_every_tenth_poll(lab, quick, reads):
    poller = poller_for(lab)
    poller.subscribe(lambda update: None)
    eventually("some reads", lambda: len(reads) > 2 * poller_module.SETTINGS_EVERY + 2)
    every = ["settings", *["snapshot"] * poller_module.SETTINGS_EVERY]
    assert reads[: 2 * len(every)] == every * 2


def test_thread_ends_with_the_last_listener_and_starts_with_the_next(lab, quick, monkeypatch):
    poller = poller_for(lab)
    updates: list[Update] = []
    other: list[Update] = []
    poller.subscribe(updates.append)
    poller.subscribe(other.append)
    poller.unsubscribe(other.append)
    [thread] = panel_threads()
    poller.unsubscribe(updates.append)
    thread.join(10)
    assert not thread.is_alive()
    count, start = len(updates), monotonic()
    monkeypatch.setattr(poller_module, "TICK", 0.05)
    poller.subscribe(updates.append)
    eventually("new updates", lambda: len(updates) >= count + 3)
    assert monotonic() - start >= 3 * 0.05  # it waits between them


def test_failing_listener_is_logged_and_removed_and_others_continue(lab, quick, caplog):
    poller = poller_for(lab)
    failed: list[Update] = []
    updates: list[Update] = []

    def fail(update: Update) -> None:
        failed.append(update)
        raise RuntimeError("It cannot be shown.")

    poller.subscribe(fail)
    poller.subscribe(updates.append)
    eventually("some ticks", lambda: len(updates) > 3)
    assert len(failed) == 1
    [record] = caplog.records
    assert record.getMessage() == "A panel failed to handle an update and is removed."
    assert str(record.exc_info[1]) == "It cannot be shown."


def test_no_poll_while_no_listener_needs_snapshots(lab, quick, reads):
    poller = poller_for(lab)
    updates: list[Update] = []
    poller.subscribe(updates.append, needs_snapshots=False)
    eventually("some ticks", lambda: len(updates) > 3)
    assert reads == []


def test_when_taskrouter_is_down_the_problem_is_described_and_the_snapshot_kept(lab, taskrouter):
    poller = poller_for(lab)
    poller.refresh()
    taskrouter.server.stop()
    poller.refresh()
    assert poller.latest.problem == (
        "TaskRouter does not answer (ConnectionError). The panel shows the last state it read. It updates "
        "as soon as TaskRouter answers. The cell with connect() starts a local one that has stopped."
    )
    assert poller.latest.snapshot.task(lab.task_sid)


def test_real_twilio_is_polled_every_three_seconds_and_no_cell_starts_it(
    lab, taskrouter, monkeypatch
):
    lab.session.target = "live"
    poller = poller_for(lab)
    monkeypatch.setattr(poller_module, "monotonic", lambda: 0.0)
    poller.refresh()
    assert poller.due / 0.9 == 3
    taskrouter.server.stop()
    poller.refresh()
    assert poller.latest.problem.endswith("It updates as soon as TaskRouter answers.")


def test_refused_poll_is_described_until_the_next_succeeds(lab, client):
    poller = poller_for(lab)
    faults = {"status": "503", "count": "1"}
    client.request("POST", f"{lab.session.address}/emulator/faults", data=faults)
    poller.refresh()
    assert poller.latest.problem == (
        "TaskRouter refused this (HTTP 503, error 20500): Unable to fetch page: Service "
        "Unavailable. The panel shows the last state it read. It updates as soon as TaskRouter answers."
    )
    poller.refresh()
    assert poller.latest.problem == ""


def test_deleted_workspace_asks_to_run_the_notebook_again(lab):
    poller = poller_for(lab)
    poller.refresh()
    lab.workspace.delete()
    poller.refresh()
    assert poller.latest.problem == (
        f"TaskRouter has no Workspace {lab.workspace_sid} any more. The panel shows the last state it read. "
        "Run the notebook from its first cell."
    )
    assert poller.latest.snapshot.task(lab.task_sid)


def test_pauses_grow_while_taskrouter_is_down(lab, taskrouter, monkeypatch):
    taskrouter.server.stop()
    poller = poller_for(lab)
    monkeypatch.setattr(poller_module, "monotonic", lambda: 0.0)
    pauses = []
    for _ in range(6):
        poller.refresh()
        pauses.append(poller.due / 0.9)
    assert pauses == [2, 4, 8, 15, 15, 15]


def test_pause_is_short_again_after_a_successful_poll(lab, monkeypatch):
    poller = poller_for(lab)
    monkeypatch.setattr(poller_module, "monotonic", lambda: 0.0)
    address, pauses = lab.session.address, []
    for there in ("http://127.0.0.1:1", "http://127.0.0.1:1", address, "http://127.0.0.1:1"):
        point(lab, there)
        poller.refresh()
        pauses.append(poller.due / 0.9)
    assert pauses == [2, 4, 1, 2]


def test_settings_are_read_again_after_a_failure(lab, reads):
    poller = poller_for(lab)
    poller.refresh()
    reads.clear()
    address = lab.session.address
    for there in ("http://127.0.0.1:1", address, address):
        point(lab, there)
        poller.refresh(everything=False)
    assert reads == ["snapshot", "settings", "snapshot", "snapshot"]


def test_poll_and_listeners_run_under_the_poll_lock(lab, monkeypatch):
    poller = poller_for(lab)
    lock = SpyLock()
    monkeypatch.setattr(poller, "poll_lock", lock)
    original = SnapshotReader.read_snapshot
    held: list[int] = []
    monkeypatch.setattr(
        SnapshotReader,
        "read_snapshot",
        lambda *given: (held.append(lock.held), original(*given))[1],
    )
    monkeypatch.setattr(poller_module, "TICK", 3600)  # this test ticks
    poller.subscribe(lambda update: held.append(lock.held))
    poller.refresh()
    assert held == [1, 1]
    poller.due = float("inf")
    poller.tick()
    assert held == [1, 1, 1]


def test_listeners_change_under_their_lock(lab, monkeypatch):
    poller = poller_for(lab)
    lock = SpyLock()
    monkeypatch.setattr(poller, "listeners_lock", lock)
    held: list[int] = []

    class Listeners(dict):
        def __setitem__(self, *given: object) -> None:
            held.append(lock.held)
            super().__setitem__(*given)

        def pop(self, *given: object) -> object:
            held.append(lock.held)
            return super().pop(*given)

        def clear(self) -> None:
            held.append(lock.held)
            super().clear()

    poller.listeners = Listeners()
    updates: list[Update] = []
    poller.subscribe(updates.append)
    poller.unsubscribe(updates.append)
    poller.stop()
    assert held == [1, 1, 1]


def test_tick_before_the_poll_is_due_repeats_the_latest_update(lab, reads, monkeypatch):
    poller = poller_for(lab)
    now = [0.0]
    monkeypatch.setattr(poller_module, "monotonic", lambda: now[0])
    monkeypatch.setattr(poller_module, "TICK", 3600)  # this test ticks
    updates: list[Update] = []
    poller.subscribe(updates.append)
    poller.refresh()
    poller.tick()
    assert (reads.count("snapshot"), len(updates)) == (1, 2)
    now[0] = 0.9
    poller.tick()
    assert (reads.count("snapshot"), len(updates)) == (2, 3)


def test_connections_close_when_the_thread_ends(lab, monkeypatch):
    poller = poller_for(lab)
    updates: list[Update] = []
    poller.subscribe(updates.append)
    poller.refresh()
    closed: list[requests.Session] = []
    close = requests.Session.close
    monkeypatch.setattr(requests.Session, "close", lambda one: (closed.append(one), close(one)))
    [thread] = panel_threads()
    poller.unsubscribe(updates.append)
    thread.join(10)
    assert len(closed) == 1 and closed[0] is not lab.session.client.http_client.session
    poller.refresh()
    assert poller.latest.problem == ""


def test_poll_works_after_100_000_failures(lab, taskrouter):
    taskrouter.server.stop()
    poller = poller_for(lab)
    poller.failures = 100_000
    poller.refresh()
    assert poller.latest.problem


def test_poller_recovers_when_taskrouter_is_back(lab, quick, monkeypatch):
    poller = poller_for(lab)
    monkeypatch.setattr(poller_module, "LONGEST_PAUSE", 0.05)
    updates: list[Update] = []
    address = lab.session.address
    point(lab, "http://127.0.0.1:1")
    poller.subscribe(updates.append)
    eventually("trouble", lambda: updates and updates[-1].problem)
    point(lab, address)
    eventually("no trouble", lambda: not updates[-1].problem and updates[-1].snapshot.workers)


def test_poll_does_not_use_the_sessions_client(lab, emulator, monkeypatch):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the session's own client was used")

    monkeypatch.setattr(lab.session.client.http_client, "request", never)
    poller_for(lab).refresh()
    assert poller_for(lab).latest.problem == ""


def test_stop_all_ends_the_thread(lab):
    updates: list[Update] = []
    poller_for(lab).subscribe(updates.append)
    assert panel_threads()
    poller_module.stop_all()
    assert panel_threads() == []
