"""What a snapshot holds, also beyond the limits, and how many requests it costs."""

import json
import logging
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from local_taskrouter.ui.snapshot import Snapshot
from twilio.base.exceptions import TwilioException

from helpers import controls
from helpers.controls.follow import reader
from helpers.controls.follow.reader import SnapshotReader
from helpers.lessons.workspace import PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The path of each request that the reader sends."""
    sent: list[str] = []
    original = reader.TwilioHttpClient.request

    def request(self, method, url, *given, **options):
        sent.append(url.split("/Workspaces/")[1].split("/", 1)[1])
        return original(self, method, url, *given, **options)

    monkeypatch.setattr(reader.TwilioHttpClient, "request", request)
    return sent


@pytest.fixture
def snapshots() -> Iterator[SnapshotReader]:
    snapshots = SnapshotReader()
    yield snapshots
    snapshots.close()


@pytest.fixture
def look(lab, snapshots, requests) -> Callable[[], Snapshot]:
    """Reads a snapshot; `requests` holds the requests of the latest read."""
    settings = snapshots.read_settings(lab)

    def read() -> Snapshot:
        requests.clear()
        return snapshots.read_snapshot(lab, settings)

    return read


def create(lab: PreparedWorkspace, language: str = "es") -> str:
    attributes = json.dumps({"selected_language": language})
    task = lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    return str(task.sid)


def bring_alice_back(lab: PreparedWorkspace) -> None:
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)


def the_reservation(lab: PreparedWorkspace):
    return lab.workspace.tasks(str(lab.task_sid)).reservations.list()[-1]


def end(lab: PreparedWorkspace, sid: str) -> None:
    lab.workspace.tasks(sid).update(assignment_status="canceled")


def statuses(snapshot: Snapshot) -> list[str]:
    return [str(one.reservation_status) for one in snapshot.reservations]


def test_tasks_up_to_the_limit_are_all_read(lab, look, monkeypatch):
    monkeypatch.setattr(reader, "MOST_TASKS", 3)
    sids = [lab.task_sid, create(lab), create(lab)]
    assert [task.sid for task in look().tasks] == sids
    assert not look().more_tasks


def test_beyond_the_limit_the_newest_and_the_open_tasks_are_read(lab, look, clock, monkeypatch):
    monkeypatch.setattr(reader, "MOST_TASKS", 3)
    later = []
    for _ in range(5):
        clock.advance(1)
        later.append(create(lab))
    for sid in later:
        end(lab, sid)
    seen = look()
    assert [task.sid for task in seen.tasks] == [lab.task_sid, *later[-3:]]
    assert seen.more_tasks
    end(lab, lab.task_sid)
    assert [task.sid for task in look().tasks] == later[-3:]


def test_task_that_is_both_new_and_open_is_read_once(lab, look, clock, monkeypatch):
    monkeypatch.setattr(reader, "MOST_TASKS", 3)
    sids = [lab.task_sid]
    for _ in range(4):
        clock.advance(1)
        sids.append(create(lab))
    assert [task.sid for task in look().tasks] == sids


def test_tasks_panel_shows_that_there_are_more_tasks(lab, clock, monkeypatch):
    monkeypatch.setattr(reader, "MOST_TASKS", 2)
    for _ in range(3):
        clock.advance(1)
        end(lab, create(lab))
    panel = controls.tasks(lab)
    assert repr(panel).startswith("At least 1 Task waits.")
    assert panel.state.shown["tasks"][0]["sid"] == lab.task_sid


def test_workers_panel_shows_that_there_are_more_workers(lab, monkeypatch):
    monkeypatch.setattr(reader, "MOST_WORKERS", 2)
    lab.workspace.workers.create(friendly_name="Carl")
    panel = controls.workers(lab)
    assert repr(panel).startswith("1 of the first 2 Workers is available.")
    monkeypatch.setattr(reader, "MOST_WORKERS", 3)
    panel.state.poller.refresh()
    assert repr(panel).startswith("1 of 3 Workers is available.")


def test_workers_are_sorted_by_name(lab, look):
    lab.workspace.workers.create(friendly_name="Aaron")
    assert [worker.friendly_name for worker in look().workers] == ["Aaron", "Alice", "Bob"]


def test_waiting_tasks_and_idle_workers_cost_two_requests(lab, look, requests, clock):
    for number in range(20):
        lab.workspace.workers.create(friendly_name=f"Worker {number}")
    clock.advance(1)
    look()
    look()
    assert [path.split("?")[0] for path in requests] == ["Workers", "Tasks"]


def test_connection_is_reused_by_the_next_read(look, caplog):
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")
    opened = []
    for _ in range(3):
        look()
        opened.append(sum("Starting new HTTP" in record.getMessage() for record in caplog.records))
    assert opened == [0, 0, 0]  # the settings have opened it


def test_channels_of_an_available_matching_worker_are_read_once(lab, look, requests):
    space = lab.workspace
    for sid in (lab.alice_sid, lab.bob_sid):  # Bob does not match
        for channel in space.workers(sid).worker_channels.list():
            channel.update(available=False)
    bring_alice_back(lab)
    for first in (True, False, False):
        assert set(look().channels) == {lab.alice_sid}
        read = [path for path in requests if path.endswith("/Channels")]
        assert read == ([f"Workers/{lab.alice_sid}/Channels"] if first else [])


def test_channels_are_read_again_after_the_settings(lab, look, snapshots, requests):
    [channel] = [
        one
        for one in lab.workspace.workers(lab.alice_sid).worker_channels.list()
        if one.task_channel_unique_name == "default"
    ]
    channel.update(available=False)
    bring_alice_back(lab)
    look()
    channel.update(available=True, capacity=0)
    snapshots.read_settings(lab)
    [found] = [one for one in look().channels[lab.alice_sid] if one.sid == channel.sid]
    assert found.available and found.configured_capacity == 0


def test_channels_of_a_worker_deleted_during_a_read_are_missing(lab, look, monkeypatch):
    for channel in lab.workspace.workers(lab.alice_sid).worker_channels.list():
        channel.update(available=False)
    bring_alice_back(lab)
    worker = lab.workspace.workers(lab.alice_sid)
    away = {"activity_sid": lab.offline_sid}
    after_the_tasks(monkeypatch, lambda: (worker.update(**away), worker.delete()))
    assert look().channels[lab.alice_sid] == ()


def test_reserved_or_assigned_task_costs_one_request(lab, look, requests):
    for number in range(20):
        lab.workspace.workers.create(friendly_name=f"Worker {number}")
    bring_alice_back(lab)
    for status in ("pending", "accepted", "wrapping"):
        if status != "pending":
            the_reservation(lab).update(reservation_status=status)
        for _ in range(2):
            assert statuses(look()) == [status]
            assert requests[2:] == [f"Tasks/{lab.task_sid}/Reservations"]


def test_reservations_are_read_by_worker_when_there_are_fewer_workers(lab, look, requests):
    bring_alice_back(lab)
    for _ in range(5):
        create(lab)
    assert statuses(look()) == ["pending"]
    assert requests[2:] == [f"Workers/{sid}/Reservations" for sid in (lab.alice_sid, lab.bob_sid)]


def test_reservations_of_an_ended_task_are_read_once(lab, look, requests):
    bring_alice_back(lab)
    the_reservation(lab).update(reservation_status="accepted")
    assert statuses(look()) == ["accepted"]
    lab.workspace.tasks(lab.task_sid).update(assignment_status="completed")
    assert statuses(look()) == ["completed"]
    assert len(requests) == 3
    assert statuses(look()) == ["completed"]
    assert len(requests) == 2


def test_reservation_made_and_rejected_between_two_reads_is_found(lab, look, requests, clock):
    assert statuses(look()) == []
    bring_alice_back(lab)  # in the second of the first read, and over before the next
    the_reservation(lab).update(reservation_status="rejected", worker_activity_sid=lab.offline_sid)
    clock.advance(1)
    assert statuses(look()) == ["rejected"]
    look()
    assert len(requests) == 2
    bring_alice_back(lab)
    the_reservation(lab).update(reservation_status="rejected", worker_activity_sid=lab.offline_sid)
    assert statuses(look()) == ["rejected", "rejected"]


def test_reservations_of_two_tasks_are_sorted_by_age(lab, look, clock):
    offered_first = lab.workspace.tasks(create(lab, "en")).reservations.list()[0]
    offered_first.update(reservation_status="accepted")
    clock.advance(1)
    bring_alice_back(lab)
    the_reservation(lab).update(reservation_status="rejected", worker_activity_sid=lab.offline_sid)
    assert statuses(look()) == ["accepted", "rejected"]


def test_within_one_second_the_open_reservation_is_last(lab, look):
    offered_first = lab.workspace.tasks(create(lab, "en")).reservations.list()[0]
    offered_first.update(reservation_status="rejected", worker_activity_sid=lab.offline_sid)
    bring_alice_back(lab)
    assert statuses(look()) == ["rejected", "pending"]


def test_reservations_of_a_deleted_task_are_dropped(lab, look):
    bring_alice_back(lab)
    assert statuses(look()) == ["pending"]
    lab.workspace.tasks(lab.task_sid).delete()
    assert statuses(look()) == []


def after_the_tasks(monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]) -> None:
    """Run `action` once the reader has the Tasks, before it reads Reservations."""
    original = reader.TwilioHttpClient.request

    def request(self, method, url, *given, **options):
        answer = original(self, method, url, *given, **options)
        if urlsplit(url).path.endswith("/Tasks"):
            action()
        return answer

    monkeypatch.setattr(reader.TwilioHttpClient, "request", request)


def test_task_deleted_during_a_read_has_no_reservations(lab, look, monkeypatch):
    bring_alice_back(lab)
    after_the_tasks(monkeypatch, lambda: lab.workspace.tasks(lab.task_sid).delete())
    assert look().reservations == ()


def test_refusal_other_than_404_is_raised(lab, look, emulator, monkeypatch):
    bring_alice_back(lab)
    taskrouter = emulator.taskrouter
    after_the_tasks(monkeypatch, lambda: monkeypatch.setattr(taskrouter, "credentials", {}))
    with pytest.raises(TwilioException, match="401"):
        look()


def test_reader_uses_the_edge_and_region_of_the_sessions_client(lab, monkeypatch):
    lab.session.client.edge, lab.session.client.region = "dublin", "ie1"
    lab.session.client.taskrouter.base_url = "https://taskrouter.twilio.com"
    urls: list[str] = []

    def request(self, method, url, *_, **__):
        urls.append(url)
        raise ConnectionError

    monkeypatch.setattr(reader.TwilioHttpClient, "request", request)
    with pytest.raises(ConnectionError):
        SnapshotReader().read_settings(lab)
    assert urls[0].startswith("https://taskrouter.dublin.ie1.twilio.com/v1/Workspaces/")
