import threading
from dataclasses import replace
from time import monotonic

import pytest
import requests
from spy_lock import SpyLock
from timeout import eventually

from helpers.controls.follow import poller
from helpers.controls.follow.poller import News, watch_for
from helpers.controls.follow.snapshot import Reader
from helpers.lessons.workspace import PreparedWorkspace, prepare


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller, "TICK", 0.01)
    monkeypatch.setattr(poller, "SECONDS_BETWEEN", {"local": 0.01})


def panel_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "panels"]


def point(lab: PreparedWorkspace, address: str) -> None:
    """As connect() does when TaskRouter is at another address."""
    lab.session.client.taskrouter.base_url = lab.session.address = address


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is read: "settings" and "snapshot", in order."""
    read: list[str] = []
    for name in ("settings", "snapshot"):
        original = getattr(Reader, name)

        def reading(*given, name=name, original=original):
            read.append(name)
            return original(*given)

        monkeypatch.setattr(Reader, name, reading)
    return read


def test_a_reading_is_not_in_the_learners_log(lab):
    before = len(lab.session.requests)
    watch_for(lab).refresh()
    assert len(lab.session.requests) == before


def test_panels_of_one_workspace_share_one_watch_also_when_the_lab_is_made_again(lab, session):
    again = prepare(session, "anything")
    assert watch_for(lab) is watch_for(again)
    assert watch_for(again).lab is again


def test_panels_of_different_workspaces_have_different_watches(lab):
    assert watch_for(lab) is not watch_for(replace(lab, workspace_sid="WS" + "0" * 32))


def test_ten_listeners_cost_one_reading(lab, readings):
    looker = watch_for(lab)
    heard: list[int] = []
    for number in range(10):
        looker.subscribe(lambda news, number=number: heard.append(number))
    assert len(panel_threads()) == 1
    looker.refresh()
    assert readings.count("snapshot") == 1
    assert heard[:10] == list(range(10))


def test_changes_are_told_without_asking(lab, quick):
    looker = watch_for(lab)
    heard: list[News] = []
    looker.subscribe(heard.append)
    made = lab.workspace.workers.create(friendly_name="Carol")
    eventually("news", lambda: heard and heard[-1].snapshot.worker(made.sid))


def test_a_new_activity_is_told_too(lab, quick):
    looker = watch_for(lab)
    heard: list[News] = []
    looker.subscribe(heard.append)
    made = lab.workspace.activities.create(friendly_name="Lunch")
    eventually(
        "news",
        lambda: heard and made.sid in {one.sid for one in heard[-1].snapshot.settings.activities},
    )


def test_what_changes_seldom_is_read_seldom(lab, quick, readings):
    looker = watch_for(lab)
    looker.subscribe(lambda news: None)
    eventually("some readings", lambda: len(readings) > 2 * poller.SETTINGS_EVERY + 2)
    every = ["settings", *["snapshot"] * poller.SETTINGS_EVERY]
    assert readings[: 2 * len(every)] == every * 2


def test_the_thread_ends_with_the_last_listener_and_starts_again_with_the_next(
    lab, quick, monkeypatch
):
    looker = watch_for(lab)
    heard: list[News] = []
    other: list[News] = []
    looker.subscribe(heard.append)
    looker.subscribe(other.append)
    looker.unsubscribe(other.append)
    [thread] = panel_threads()
    looker.unsubscribe(heard.append)
    thread.join(10)
    assert not thread.is_alive()
    told, began = len(heard), monotonic()
    monkeypatch.setattr(poller, "TICK", 0.05)
    looker.subscribe(heard.append)
    eventually("news again", lambda: len(heard) >= told + 3)
    assert monotonic() - began >= 3 * 0.05  # it rests between them


def test_a_listener_that_fails_is_logged_told_no_more_and_stops_nobody(lab, quick, caplog):
    looker = watch_for(lab)
    failed: list[News] = []
    heard: list[News] = []

    def fail(news: News) -> None:
        failed.append(news)
        raise RuntimeError("It cannot be shown.")

    looker.subscribe(fail)
    looker.subscribe(heard.append)
    eventually("some ticks", lambda: len(heard) > 3)
    assert len(failed) == 1
    [told] = caplog.records
    assert told.getMessage() == "A panel cannot show what it is told, and is told no more."
    assert str(told.exc_info[1]) == "It cannot be shown."


def test_nobody_who_reads_means_no_reading(lab, quick, readings):
    looker = watch_for(lab)
    heard: list[News] = []
    looker.subscribe(heard.append, reads=False)
    eventually("some ticks", lambda: len(heard) > 3)
    assert readings == []


def test_a_taskrouter_that_is_away_is_told_and_what_was_known_is_kept(lab, taskrouter):
    looker = watch_for(lab)
    looker.refresh()
    taskrouter.server.stop()
    looker.refresh()
    assert looker.news.trouble == (
        "TaskRouter does not answer (ConnectionError). What you see is from before. This goes on by "
        "itself when TaskRouter is back. The cell with connect() starts a local one that has stopped."
    )
    assert looker.news.snapshot.task(lab.task_sid)


def test_real_twilio_is_asked_less_often_and_no_cell_is_said_to_start_it(
    lab, taskrouter, monkeypatch
):
    lab.session.target = "live"
    looker = watch_for(lab)
    monkeypatch.setattr(poller, "monotonic", lambda: 0.0)
    looker.refresh()
    assert looker.due / 0.9 == 3
    taskrouter.server.stop()
    looker.refresh()
    assert looker.news.trouble.endswith("This goes on by itself when TaskRouter is back.")


def test_a_refusal_is_told_in_a_sentence_and_will_pass(lab, client):
    looker = watch_for(lab)
    faults = {"status": "503", "count": "1"}
    client.request("POST", f"{lab.session.address}/emulator/faults", data=faults)
    looker.refresh()
    assert looker.news.trouble == (
        "TaskRouter refused this (HTTP 503, error 20500): Unable to fetch page: Internal Server "
        "Error. What you see is from before. This goes on by itself when TaskRouter is back."
    )
    looker.refresh()
    assert looker.news.trouble == ""


def test_a_workspace_that_was_deleted_is_not_said_to_come_back(lab):
    looker = watch_for(lab)
    looker.refresh()
    lab.workspace.delete()
    looker.refresh()
    assert looker.news.trouble == (
        f"TaskRouter has no Workspace {lab.workspace_sid} any more. What you see is from before. "
        "Run the notebook from its first cell."
    )
    assert looker.news.snapshot.task(lab.task_sid)


def test_the_pauses_grow_while_taskrouter_is_away(lab, taskrouter, monkeypatch):
    taskrouter.server.stop()
    looker = watch_for(lab)
    monkeypatch.setattr(poller, "monotonic", lambda: 0.0)
    pauses = []
    for _ in range(6):
        looker.refresh()
        pauses.append(looker.due / 0.9)
    assert pauses == [2, 4, 8, 15, 15, 15]


def test_after_an_answer_the_pauses_are_short_again(lab, monkeypatch):
    looker = watch_for(lab)
    monkeypatch.setattr(poller, "monotonic", lambda: 0.0)
    address, pauses = lab.session.address, []
    for there in ("http://127.0.0.1:1", "http://127.0.0.1:1", address, "http://127.0.0.1:1"):
        point(lab, there)
        looker.refresh()
        pauses.append(looker.due / 0.9)
    assert pauses == [2, 4, 1, 2]


def test_what_changes_seldom_is_read_anew_after_trouble(lab, readings):
    looker = watch_for(lab)
    looker.refresh()
    readings.clear()
    address = lab.session.address
    for there in ("http://127.0.0.1:1", address, address):
        point(lab, there)
        looker.refresh(everything=False)
    assert readings == ["snapshot", "settings", "snapshot", "snapshot"]


def test_nobody_else_reads_until_what_was_read_is_told(lab, monkeypatch):
    looker = watch_for(lab)
    looker.reading_lock = lock = SpyLock()
    original = Reader.snapshot
    held: list[int] = []
    monkeypatch.setattr(
        Reader, "snapshot", lambda *given: (held.append(lock.held), original(*given))[1]
    )
    monkeypatch.setattr(poller, "TICK", 3600)  # this test ticks
    looker.subscribe(lambda news: held.append(lock.held))
    looker.refresh()
    assert held == [1, 1]
    looker.due = float("inf")
    looker.tick()
    assert held == [1, 1, 1]


def test_who_listens_changes_under_a_lock_with_the_thread(lab):
    looker = watch_for(lab)
    looker.listeners_lock = lock = SpyLock()
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

    looker.listeners = Listeners()
    heard: list[News] = []
    looker.subscribe(heard.append)
    looker.unsubscribe(heard.append)
    looker.stop()
    assert held == [1, 1, 1]


def test_until_the_next_reading_is_due_panels_are_told_what_is_known(lab, readings, monkeypatch):
    looker = watch_for(lab)
    now = [0.0]
    monkeypatch.setattr(poller, "monotonic", lambda: now[0])
    monkeypatch.setattr(poller, "TICK", 3600)  # this test ticks
    heard: list[News] = []
    looker.subscribe(heard.append)
    looker.refresh()
    looker.tick()
    assert (readings.count("snapshot"), len(heard)) == (1, 2)
    now[0] = 0.9
    looker.tick()
    assert (readings.count("snapshot"), len(heard)) == (2, 3)


def test_the_connections_are_closed_with_the_thread(lab, monkeypatch):
    looker = watch_for(lab)
    heard: list[News] = []
    looker.subscribe(heard.append)
    looker.refresh()
    closed: list[requests.Session] = []
    close = requests.Session.close
    monkeypatch.setattr(requests.Session, "close", lambda one: (closed.append(one), close(one)))
    [thread] = panel_threads()
    looker.unsubscribe(heard.append)
    thread.join(10)
    assert len(closed) == 1 and closed[0] is not lab.session.client.http_client.session
    looker.refresh()
    assert looker.news.trouble == ""


def test_a_taskrouter_that_stays_away_for_days_is_still_asked(lab, taskrouter):
    taskrouter.server.stop()
    looker = watch_for(lab)
    looker.failures = 100_000
    looker.refresh()
    assert looker.news.trouble


def test_it_recovers_by_itself(lab, quick, monkeypatch):
    looker = watch_for(lab)
    monkeypatch.setattr(poller, "LONGEST_PAUSE", 0.05)
    heard: list[News] = []
    address = lab.session.address
    point(lab, "http://127.0.0.1:1")
    looker.subscribe(heard.append)
    eventually("trouble", lambda: heard and heard[-1].trouble)
    point(lab, address)
    eventually("no trouble", lambda: not heard[-1].trouble and heard[-1].snapshot.workers)


def test_a_reader_does_not_start_a_taskrouter_that_was_stopped(lab, emulator, monkeypatch):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the session's own client was used")

    monkeypatch.setattr(lab.session.client.http_client, "request", never)
    watch_for(lab).refresh()
    assert watch_for(lab).news.trouble == ""


def test_stopping_everything_leaves_no_thread(lab):
    heard: list[News] = []
    watch_for(lab).subscribe(heard.append)
    assert panel_threads()
    poller.stop_all()
    assert panel_threads() == []
