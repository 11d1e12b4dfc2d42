"""A moved clock waits until an app has reacted to each callback, however it reacts."""

import threading

import pytest
from callback_receiver import JSON
from local_taskrouter import settling
from timeout import SECONDS, eventually

HOWS = [
    "instruction",
    "request, then respond",
    "respond, then request",
    "request, then respond to the Event",
    "respond to the Event, then request",
]


@pytest.mark.parametrize("how", HOWS)
def test_when_alice_is_silent_the_app_of_bob_accepts_before_time_moves_on(
    built, workspace, queue, receiver, emulator, monkeypatch, how
):
    monkeypatch.setattr(settling, "GRACE_SECONDS", SECONDS)
    taskrouter, threads, reacted = emulator.taskrouter, [], threading.Event()
    alice, bob = built.worker("Alice"), built.worker("Bob")
    if "Event" in how:
        workspace.update(
            event_callback_url=receiver.url, events_filter="reservation.created,task.created"
        )
    url = "" if "Event" in how else receiver.url
    built.workflow(default=queue, assignment_callback_url=url, task_reservation_timeout=30)

    def accept(form, after_response):
        if after_response:
            eventually("the response is applied", lambda: last_delivery().state == "done")
        reservations = workspace.tasks(form["TaskSid"]).reservations
        reservations(form["ReservationSid"]).update(reservation_status="accepted")
        reacted.set()

    def last_delivery():
        return next(each for each in reversed(taskrouter.deliveries()) if told_bob(each))

    def told_bob(delivery):
        return delivery.callback.parameters.get("WorkerSid") == bob.sid

    def answer(request):
        form = dict(request[2])
        if form.get("WorkerSid") == alice.sid:
            return 500, JSON, ""
        if form.get("WorkerSid") == bob.sid:
            eventually("time would move on", lambda: taskrouter._advances)
            if how == "instruction":
                reacted.set()
                return 200, JSON, '{"instruction": "accept"}'
            threads.append(threading.Thread(target=accept, args=(form, how.startswith("respond"))))
            threads[-1].start()
            if not how.startswith("respond"):
                assert reacted.wait(SECONDS)
        return 200, JSON, "{}"

    receiver.answer = answer
    task = built.task()
    assert taskrouter.advance(1_000)
    for thread in threads:
        thread.join()
    assert [
        (reservation.reservation_status, (reservation.date_updated - task.date_created).seconds)
        for reservation in built.reservations(task)
    ] == [("timeout", 30), ("accepted", 30)]


def test_silent_app_delays_the_clock_for_the_grace_period_only(built, announce, receiver, emulator):
    task = announce(receiver.url)
    assert emulator.taskrouter.advance(1_000)
    assert built.statuses(task) == ["timeout"]


def test_app_has_more_time_when_the_processor_is_busy(
    built, announce, receiver, emulator, monkeypatch
):
    waits, late = [], 1.0
    announce(receiver.url)
    waiting = emulator.taskrouter._settling

    def wait(timeout):
        waits.append(timeout)
        now[0] += timeout + late

    now = [0.0]
    monkeypatch.setattr(settling, "monotonic", lambda: now[0])
    monkeypatch.setattr(waiting._changed, "wait", wait)
    waiting.responded(emulator.taskrouter.deliveries()[0])
    assert waiting.wait(end=1_000.0)
    assert len(waits) >= 10 and sum(waits) == pytest.approx(settling.GRACE_SECONDS, abs=waits[0])
