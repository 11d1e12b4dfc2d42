"""explain through the SDK, on a Workspace made for each question."""

import json

import pytest
from wsgi_client import session_on

from helpers import explain
from helpers.emulator.clock import ManualClock
from helpers.explanation.answer import NoSuchTask

MARKUP = "<img src=x onerror=alert(1)>"


class Shop:
    """A Workspace, and short ways to fill it."""

    def __init__(self):
        self.clock = ManualClock()
        self.session, self.taskrouter = session_on(self.clock)
        workspaces = self.session.client.taskrouter.v1.workspaces
        self.workspace_sid = workspaces.create(friendly_name="Shop").sid
        self.workspace = workspaces(self.workspace_sid)
        self.activities = {a.friendly_name: a.sid for a in self.workspace.activities.list()}
        self.workflow_sid = None

    @property
    def sent(self):
        return self.session.client.http_client.sent

    def worker(self, name, activity="Available", **attributes):
        return self.workspace.workers.create(
            name, activity_sid=self.activities[activity], attributes=json.dumps(attributes)
        )

    def queue(self, name="Queue", target_workers="1==1", **more):
        return self.workspace.task_queues.create(name, target_workers=target_workers, **more).sid

    def workflow(self, *filters, default=None, **more):
        """`filters` are (expression, target, …); a target is a TaskQueue's SID or a dict."""
        routing = {
            "filters": [
                {
                    "filter_friendly_name": f"F{n}",
                    "expression": expression,
                    "targets": [t if isinstance(t, dict) else {"queue": t} for t in targets],
                }
                for n, (expression, *targets) in enumerate(filters)
            ]
        }
        if default is not None:
            routing["default_filter"] = {"queue": default}
        text = json.dumps({"task_routing": routing})
        self.workflow_sid = self.workspace.workflows.create("Flow", text, **more).sid

    def task(self, attributes=None, **more):
        text = json.dumps(attributes or {})
        return self.workspace.tasks.create(
            attributes=text, **({"workflow_sid": self.workflow_sid} | more)
        )

    def answer(self, task, status):
        [one] = self.workspace.tasks(task.sid).reservations.list(reservation_status="pending")
        one.update(reservation_status=status)


@pytest.fixture
def shop():
    shop = Shop()
    yield shop
    shop.taskrouter.close()


def named(explanation, name):
    [found] = [one for one in explanation.candidates if one.friendly_name == name]
    return found


def notes(explanation):
    return {note.about: note.text for note in explanation.notes}


def test_the_sentence_of_the_tutorial(shop):
    shop.worker("Alice", "Offline", languages=["en", "es"])
    shop.worker("Bob", languages=["en"])
    shop.workflow(("1==1", shop.queue("Spanish", 'languages HAS "es"')))
    explanation = explain(shop, shop.task())
    assert explanation.sentence == (
        'Alice matches but is Offline; Bob lacks `languages HAS "es"`: languages is ["en"].'
    )
    assert notes(explanation)["Alice"].startswith("Offline is not an available Activity.")


def test_each_thing_is_read_once_and_nothing_is_changed(shop):
    for number in range(3):
        shop.worker(f"W{number}", "Offline" if number else "Available", skill=number)
    shop.workflow(("1==1", shop.queue(target_workers="skill > 0")))
    task = shop.task()
    shop.sent.clear()
    explain(shop, task)
    assert len(shop.sent) == len(set(shop.sent)) == 5 + 2  # two Workers match
    assert {method for method, _ in shop.sent} == {"GET"}
    shop.sent.clear()
    explain(shop, task.sid).workers.to_string()
    assert len(shop.sent) == len(set(shop.sent))


def test_a_task_is_found_by_its_sid_alone_in_any_workspace(shop):
    shop.session.client.taskrouter.v1.workspaces.create(friendly_name="Another")
    shop.workflow(default=shop.queue())
    task = shop.task()
    for given in (task, task.sid):
        assert explain(shop.session, given).task_sid == task.sid
    with pytest.raises(NoSuchTask, match="five minutes"):
        explain(shop.session, "WT" + "0" * 32)
    with pytest.raises(NoSuchTask, match=f"in the Workspace {shop.workspace_sid}"):
        explain(shop, "WT" + "0" * 32)


def test_a_question_without_a_workspace_or_workflow_asks_back(shop):
    with pytest.raises(ValueError, match="Which Workspace"):
        explain(shop.session, {})
    with pytest.raises(ValueError, match="Which Workflow"):
        explain(shop.session, {}, shop.workspace_sid)
    shop.workflow(default=shop.queue())
    assert explain(shop.session, {}, shop.workspace_sid).place.way == "default_filter"


def test_where_it_stands_and_for_how_long(shop):
    first, second = shop.queue("First"), shop.queue("Second")
    target = {"queue": first, "timeout": 30, "expression": "worker.level > task.level"}
    more = {"queue": second, "order_by": "worker.level DESC", "timeout": 60}
    shop.workflow(("1==1", target, more))
    shop.worker("Ann", level=1)
    shop.worker("Ben", "Offline", level=9)
    task = shop.task({"level": 5}, timeout=600)
    shop.clock.advance(12)
    explanation = explain(shop, task)
    place = explanation.place
    assert (place.queue, place.way) == ("First", "filter 'F0', target 1 of 2")
    assert (place.age, place.until, place.left, place.task_left) == (12, 30, 18, 588)
    assert place.after == "it goes on to the next target, in Second"
    assert place.expression == "worker.level > task.level"
    assert "worker.level is 1, task.level is 5" in explanation.sentence
    shop.workspace.workers.list(friendly_name="Ann")[0].update(
        activity_sid=shop.activities["Offline"]
    )
    shop.clock.advance(20)
    place = explain(shop, task).place
    assert (place.queue, place.until, place.left) == ("Second", 90, 58)
    assert place.after == "it falls out of the Workflow and is canceled"
    assert place.order_by == "worker.level DESC"


def test_two_targets_of_one_queue_are_told_apart_by_the_events(shop):
    queue = shop.queue()
    target = {"queue": queue, "expression": "worker.level > 5", "skip_if": "workers.available == 0"}
    shop.workflow(("1==1", target, {"queue": queue}))
    shop.worker("Ann", "Offline", level=1)
    task = shop.task()
    shop.sent.clear()
    assert explain(shop, task).place.way == "filter 'F0', target 2 of 2"
    assert any(path.endswith("/Events") for _, path in shop.sent)


def test_a_reserved_task_says_for_whom_and_until_when(shop):
    shop.workflow(default=shop.queue(max_reserved_workers=1), task_reservation_timeout=90)
    shop.worker("Ann")
    shop.worker("Ben")
    task = shop.task()
    shop.clock.advance(20)
    explanation = explain(shop, task)
    [asked] = [one.friendly_name for one in explanation.candidates if one.is_asked]
    [other] = {"Ann", "Ben"} - {asked}
    assert explanation.sentence.startswith(f"{asked} is reserved until 20")
    assert "(70 s left)" in explanation.sentence
    assert f"{other} could take it too, but max_reserved_workers" in explanation.sentence


@pytest.mark.parametrize(
    ("moves", "says"),
    [
        (["assigned"], "Ann accepted it"),
        (["assigned", "wrapping"], "Ann wraps it up"),
        (["assigned", "completed"], "It is completed. Ann had it"),
        (["canceled"], "It was canceled"),
    ],
)
def test_a_task_that_does_not_wait_is_explained_too(shop, moves, says):
    shop.workflow(default=shop.queue())
    shop.worker("Ann")
    task = shop.task()
    for status in moves:
        if status == "assigned":
            shop.answer(task, "accepted")
        else:
            shop.workspace.tasks(task.sid).update(assignment_status=status, reason="so <b>said</b>")
    explanation = explain(shop, task)
    assert explanation.assignment_status == moves[-1]
    assert explanation.sentence.startswith(says) and explanation.notes == ()
    assert ("so <b>said</b>" in explanation.sentence) == (moves[-1] in ("completed", "canceled"))
    assert "<b>" not in explanation._repr_html_()


def test_a_task_that_fell_out_of_its_workflow_says_what_that_means(shop):
    shop.workflow(("1==1", {"queue": shop.queue(), "timeout": 5}), default=shop.queue("D"))
    task = shop.task()
    shop.clock.advance(6)
    sentence = explain(shop, task).sentence
    assert "canceled" in sentence and "default_filter is not used after a timeout" in sentence
    shop.workflow(default=shop.queue("E"))
    short = shop.task(timeout=5)
    shop.clock.advance(6)
    assert "within its own timeout" in explain(shop, short).sentence


def test_a_worker_that_let_a_reservation_time_out(shop):
    shop.workflow(default=shop.queue(), task_reservation_timeout=10)
    shop.worker("Ann")
    task = shop.task()
    shop.clock.advance(11)
    explanation = explain(shop, task)
    assert explanation.sentence == "Ann matches but is Offline."
    assert notes(explanation)["Ann"].startswith("A Reservation for this Task timed out")


@pytest.mark.parametrize(
    ("capacity", "available", "says"),
    [(1, False, "switched off"), (0, True, "capacity of 0")],
)
def test_a_channel_without_room(shop, capacity, available, says):
    worker = shop.worker("Ann")
    channel = shop.workspace.workers(worker.sid).worker_channels("chat")
    channel.update(capacity=capacity, available=available)
    shop.workflow(default=shop.queue())
    explanation = explain(shop, shop.task(task_channel="chat"))
    assert says in notes(explanation)["Ann"] and "has no room" in explanation.sentence
    assert named(explanation, "Ann").busy and not named(explanation, "Ann").is_eligible


def test_what_uses_up_the_capacity_is_named(shop):
    shop.worker("Ann")
    shop.workflow(default=shop.queue())
    first, second = shop.task(), shop.task()
    shop.answer(first, "accepted")
    explanation = explain(shop, second)
    assert f"Task {first.sid} (accepted)" in notes(explanation)["Ann"]
    assert str(named(explanation, "Ann").room) == "1 of 1 taken on default"


def test_a_known_worker_and_a_task_for_one_worker(shop):
    ann, ben = shop.worker("Ann", "Offline"), shop.worker("Ben")
    target = {"queue": shop.queue(), "known_worker_friendly_name": "task.agent"}
    shop.workflow(("1==1", target))
    explanation = explain(shop, shop.task({"agent": "Ann"}))
    assert "Ben is not asked, the known Worker is 'Ann' (task.agent)" in explanation.sentence
    routed = shop.workspace.tasks.create(routing_target=ann.sid, ignore_capacity="false")
    explanation = explain(shop, routed)
    assert named(explanation, "Ann").matches and not named(explanation, "Ben").matches
    assert explanation.sentence.startswith("Ann matches but is Offline; Ben is not asked")
    assert explain(shop, shop.task({"agent": ben.friendly_name})).assignment_status == "reserved"


def test_a_queue_without_target_workers_and_an_empty_workspace(shop):
    shop.workflow(default=shop.queue(target_workers=""))
    assert explain(shop, shop.task()).sentence == "There is no Worker in the Workspace."
    shop.worker("Ann")
    explanation = explain(shop, shop.task())
    assert "has no target_workers, so nobody matches" in explanation.sentence
    assert "1==1" in notes(explanation)["TaskQueue Queue"]


def test_a_queue_that_no_target_names(shop):
    shop.worker("Ann", skill="b")
    named_queue, other = shop.queue("A", 'skill == "a"'), shop.queue("B", 'skill == "b"')
    shop.workflow(default=named_queue)
    note = notes(explain(shop, shop.task()))["TaskQueue B"]
    assert "No target of any Workflow names it" in note and "Ann" in note and other in note


def test_a_workflow_that_was_changed_leaves_its_tasks(shop):
    first, second = shop.queue("A", 'skill == "a"'), shop.queue("B")
    shop.workflow(("topic == 1", first))
    task = shop.task({"topic": 1})
    workflow = shop.workspace.workflows(shop.workflow_sid)
    routing = {"task_routing": {"default_filter": {"queue": second}}}
    workflow.update(configuration=json.dumps(routing))
    assert "re_evaluate_tasks" in notes(explain(shop, task))["Workflow Flow"]
    workflow.update(configuration=json.dumps(routing), re_evaluate_tasks="true")
    assert explain(shop, task).place.queue == "B"


def test_what_would_become_of_a_task_and_why_no_filter_matches(shop):
    shop.workflow(("language == 1", shop.queue()))
    explanation = explain(shop, {"language": "1"})
    assert explanation.sentence.startswith("TaskRouter would refuse it")
    assert explanation.place is None and explanation.candidates == ()
    assert "one is a text, the other a number" in notes(explanation)["filter F0"]
    assert "default_filter" in notes(explanation)["Workflow Flow"]
    shop.worker("Ann")
    assert explain(shop, {"language": 1}).sentence == "Ann could take it at once."
    assert shop.workspace.tasks.list() == []


def test_the_default_filter_takes_what_nearly_matched(shop):
    shop.workflow(("topic == 1", shop.queue("A")), default=shop.queue("B", "1==2"))
    explanation = explain(shop, shop.task({"Topic": 1}))
    assert explanation.place.way == "default_filter"
    assert [one.taken for one in explanation.filters] == [False, True]
    assert "there is Topic" in notes(explanation)["filter F0"]


def test_everything_is_text_and_told_three_times(shop):
    shop.worker(MARKUP, "Offline", skill=MARKUP)
    shop.workflow((f'topic == "{MARKUP}"', shop.queue(MARKUP, f'skill == "{MARKUP}"')))
    explanation = explain(shop, shop.task({"topic": MARKUP}))
    html, text = explanation._repr_html_(), str(explanation)
    assert MARKUP not in html and "&lt;img src=x" in html and MARKUP in text
    assert repr(explanation) == text
    assert list(explanation.workers["worker"]) == [MARKUP]
    frame = explanation.to_frame()
    assert list(frame["expression"]) == ["filter", "target_workers"] and frame["holds"].all()


def test_many_workers_are_told_in_few_words(shop):
    for number in range(40):
        shop.worker(f"W{number:02}", level=number % 3)
    shop.workflow(default=shop.queue(target_workers="level > 7"))
    explanation = explain(shop, shop.task())
    assert explanation.sentence == (
        "W00, W03 and 12 more lack `level > 7`: level is 0; "
        "W01, W04 and 11 more lack `level > 7`: level is 1; "
        "W02, W05 and 11 more lack `level > 7`: level is 2."
    )
    assert len(explanation.workers) == 40
    assert "the nearest 30 of 40" in explanation._repr_html_()
    assert "and 10 more, see .workers" in str(explanation)


def test_skip_if_is_told_with_what_it_meets(shop):
    target = {"queue": shop.queue(), "skip_if": "workers.available == 0"}
    shop.workflow(("1==1", target), default=shop.queue("Rest", "1==2"))
    shop.worker("Ann")
    channel = shop.workspace.workers.list()[0].sid
    shop.workspace.workers(channel).worker_channels("default").update(capacity=0)
    explanation = explain(shop, shop.task())
    assert explanation.place.queue == "Queue" and not explanation.place.skip_if.holds
    assert "workers.available is 1" in str(explanation)
    shop.workspace.workers.list()[0].update(activity_sid=shop.activities["Offline"])
    assert explain(shop, {}).place.queue == "Rest"


def test_a_step_that_is_over_needs_no_events_to_be_ruled_out(shop):
    queue = shop.queue()
    shop.workflow(("1==1", {"queue": queue, "timeout": 30}, {"queue": queue}))
    task = shop.task()
    shop.clock.advance(31)
    shop.sent.clear()
    assert explain(shop, task).place.way == "filter 'F0', target 2 of 2"
    assert not any(path.endswith("/Events") for _, path in shop.sent)


def test_channels_are_looked_at_where_an_expression_reads_them(shop):
    shop.worker("Ann")
    free = "worker.channel.default.available_capacity_percentage == 100"
    shop.workflow(default=shop.queue(target_workers=free))
    task = shop.task()
    shop.answer(task, "accepted")
    [clause] = named(explain(shop, task), "Ann").target_workers.clauses
    assert not clause.holds and clause.found().endswith("percentage is 0")
