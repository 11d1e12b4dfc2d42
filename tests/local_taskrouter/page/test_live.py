"""What the page shows: the Workspace, callbacks, and nothing twice."""

import pytest
from local_taskrouter.errors import NotFound
from local_taskrouter.page import live, reading
from local_taskrouter.page.live import Reader
from twilio.base.exceptions import TwilioRestException


@pytest.fixture
def reader(emulator):
    return Reader(emulator.taskrouter)


def test_without_a_workspace_only_the_time_is_shown(reader, clock):
    data = reader.read("", "", False)
    assert (data["workspaces"], data["workspace"], data["now"]) == ([], "", clock.now())
    assert data["frozen"] is True and "shown" not in data


def test_newest_workspace_is_shown_unless_another_is_chosen(reader, client):
    first, second = (client.taskrouter.v1.workspaces.create(name) for name in ("One", "Two"))
    names = [each["name"] for each in reader.read("", "", False)["workspaces"]]
    assert names == ["One", "Two"]
    assert reader.read("", "", False)["workspace"] == second.sid
    assert reader.read(first.sid, "", False)["workspace"] == first.sid
    assert reader.read("WS" + "0" * 32, "", False)["workspace"] == second.sid


def test_unchanged_workspace_is_neither_shown_again_nor_sent_again(
    reader, built, task, clock, monkeypatch
):
    made = []
    show = live.show
    monkeypatch.setattr(live, "show", lambda *given: made.append(given) or show(*given))
    first = reader.read("", "", False)
    again = reader.read("", first["revision"], False)
    assert "shown" in first and "shown" not in again
    clock.advance(60)  # everybody is 60 seconds older, and nothing else is new
    assert reader.read("", first["revision"], False)["revision"] == first["revision"]
    assert reader.read("", "", False)["shown"] == first["shown"]
    assert len(made) == 1
    built.answer(task, "accepted")
    changed = reader.read("", first["revision"], False)
    assert changed["shown"]["tasks"][0]["status"] == "assigned"
    assert len(made) == 2


def test_task_keeps_its_name_when_older_ones_are_deleted(reader, built, workflow):
    tasks = [built.task() for _ in range(3)]
    names = [each["name"] for each in reader.read("", "", False)["shown"]["tasks"]]
    assert names == ["Everybody #1", "Everybody #2", "Everybody #3"]
    tasks[0].delete()
    built.task()
    names = [each["name"] for each in reader.read("", "", False)["shown"]["tasks"]]
    assert names == ["Everybody #2", "Everybody #3", "Everybody #4"]


def test_numbers_begin_again_once_no_task_is_known(reader, built, workflow):
    for _ in range(2):
        task = built.task()
        assert reader.read("", "", False)["shown"]["tasks"][0]["name"] == "Everybody #1"
        task.delete()


def test_callbacks_are_shown_with_their_attempts_newest_first(reader, announce, receiver):
    announce(receiver.url)
    exchange = reader.read("", "", False)["exchanges"][0]
    assert exchange["says"] == "TaskRouter called your server about Everybody #1"
    assert (exchange["direction"], exchange["failed"]) == ("sent", False)
    assert exchange["attempts"][0]["status"] == 200
    assert exchange["parameters"]["TaskAttributes"] == '{"selected_language":"es"}'


def test_failed_callback_names_the_fallback(reader, announce, receiver):
    announce("http://127.0.0.1:9/", fallback=receiver.url)
    exchange = reader.read("", "", False)["exchanges"][0]
    assert exchange["failed"] and "called the fallback URL" in exchange["says"]
    first, second = exchange["attempts"]
    assert first["status"] is None and "11200" in first["problem"]
    assert (second["status"], second["problem"]) == (200, "")


def test_large_workspace_is_cut_and_says_so(reader, built, workflow, monkeypatch):
    for name in ("MOST_OPEN", "MOST_ENDED", "MOST_WORKERS"):
        monkeypatch.setattr(reading, name, 2)
    for number in range(3):
        built.worker(f"W{number}", "Offline")
        built.task()
    for task in [built.task() for _ in range(3)]:
        task.update(assignment_status="canceled")
    shown = reader.read("", "", False)["shown"]
    assert [task["status"] for task in shown["tasks"]] == ["pending"] * 2 + ["canceled"] * 2
    assert (len(shown["workers"]), shown["more_tasks"], shown["more_workers"]) == (2, True, True)
    assert shown["tasks"][-1]["name"] == "Everybody #4"


def test_reading_looks_at_no_more_records_than_it_shows(built, workflow, emulator, monkeypatch):
    """The lock is held for what is shown, however many Tasks there are."""
    for name in ("MOST_OPEN", "MOST_ENDED", "MOST_WORKERS"):
        monkeypatch.setattr(reading, name, 2)
    serialized = []
    original = reading.task_json
    monkeypatch.setattr(
        reading, "task_json", lambda call, one: serialized.append(one) or original(call, one)
    )
    for _ in range(5):
        built.task()
    service = emulator.taskrouter
    service.call(
        lambda engine: reading.read_payloads(engine, service.account_sid, built.workspace_sid)
    )
    assert len(serialized) == 2


def test_requests_are_shown_with_names_and_what_was_refused(reader, built, task):
    built.workspace.tasks(task.sid).fetch()
    with pytest.raises(TwilioRestException):
        built.workspace.tasks(task.sid).update(attributes="{")
    exchanges = [one for one in reader.read("", "", False)["exchanges"] if one["id"][0] == "r"]
    refused, read = exchanges[:2]
    assert read["title"] == "Tasks / Everybody #1"
    assert (read["direction"], read["note"], read["failed"]) == ("received", "read", False)
    assert refused["failed"] and refused["says"] == "A program failed on Tasks / Everybody #1"
    assert refused["attempts"][0]["status"] == 400 and refused["attempts"][0]["problem"]
    assert refused["parameters"] == {"Attributes": "{"}


def test_requests_about_workers_have_their_name_and_their_new_activity(reader, built, alice):
    built.move(alice, "Offline")
    [moved, *_] = reader.read("", "", False)["exchanges"]
    assert (moved["title"], moved["note"]) == (
        "Workers / Alice",
        "Activity Offline",
    )


def test_page_says_what_is_due_next_also_without_new_data(reader, built, task, clock):
    first = reader.read("", "", False)
    assert first["next"] and first["next"]["says"].endswith("'s time to answer ends")
    assert reader.read("", first["revision"], False)["next"] == first["next"]
    built.answer(task, "accepted")
    due = reader.read("", "", False)["next"]
    assert due and due["says"] == "TaskRouter cancels Everybody #1"


def test_polling_is_no_request_of_the_list(reader, built, task, emulator):
    before = len(reader.read("", "", False)["exchanges"])
    assert len(reader.read("", "", False)["exchanges"]) == before > 0


def test_explanation_names_each_worker_and_the_cure(reader, built):
    built.workflow(default=built.queue("Spanish", 'languages HAS "es"'))
    built.worker("Alice", "Offline", languages=["es"])
    built.worker("Bob", languages=["en"])
    task = built.task()
    explained = reader.explain(built.workspace_sid, task.sid)
    assert [(each["name"], each["can_take"], each["says"]) for each in explained["candidates"]] == [
        ("Alice", False, "matches but is Offline"),
        ("Bob", False, 'lacks `languages HAS "es"`: languages is ["en"]'),
    ]
    assert explained["more"] == 0 and explained["cures"]
    for workspace_sid, task_sid in (
        (built.workspace_sid, "WT" + "0" * 32),
        ("WS" + "0" * 32, task.sid),
    ):
        with pytest.raises(NotFound):
            reader.explain(workspace_sid, task_sid)
