import json
from weakref import WeakKeyDictionary

import pytest

from helpers.exercises import inspection

MAIL = "mail.genuine = {}"
ROOM = 'workspace.workers(lab.{}_sid).worker_channels("{}").update(capacity={})'
VALIDATE = "RequestValidator({}).validate({})"


class TestTheMail:
    @pytest.fixture
    def exercise(self, open_exercise):
        exercise = open_exercise("04-inspect-the-reservation", "The mail")
        exercise.names["mail"].genuine = None
        return exercise

    def test_unsolved_says_how_to_validate(self, exercise, expect):
        expect(exercise.check(), "○", "the `parameters` as a dictionary")

    def test_mail_has_two_callbacks_of_taskrouter_and_three_that_it_did_not_send(self, exercise):
        first, genuine, other_priority, unsigned, elsewhere = exercise.names["mail"]
        task = exercise.names["lab"].workspace.tasks(genuine.parameters["TaskSid"])
        statuses = {one.sid: one.reservation_status for one in task.reservations.list()}
        assert statuses == {
            first.parameters["ReservationSid"]: "rejected",
            genuine.parameters["ReservationSid"]: "pending",
        }
        assert other_priority.parameters == {**genuine.parameters, "TaskPriority": "100"}
        assert genuine.signature == other_priority.signature == elsewhere.signature
        assert unsigned.signature == "" and elsewhere.url.endswith("/callback")

    @pytest.mark.parametrize(
        ("genuine", "marked", "said"),
        [
            ("[0, 1]", "✓✓", ""),
            ("(1, 0)", "✓✓", ""),
            ("[1]", "○✓", "Request 0 is genuine. A signature says who sent it, not whether"),
            ("[0]", "○✓", "Request 1 is genuine."),
            ("[0, 1, 4]", "✓○", "Request 4 has the right parameters and another URL"),
            ("[0, 1, 2]", "✓○", "Request 2 asks for priority 100; TaskRouter sent 0"),
            ("[0, 1, 3]", "✓○", "Request 3 has no signature"),
            ("[]", "○✓", "Your validator trusts none: give it `session.auth_token`"),
            ("[3, 4]", "○○", "Request 0 is genuine."),
            ("[0, 1, 7]", "✓○", "There is no request 7."),
            ("[True, True, False, False, False]", "○", "Positions, please"),
            ("mail[:2]", "○", "Positions, please"),
            ("[1, 2]", "○○", "Positions begin at 0."),
            ("1", "○", "Positions, please"),
        ],
    )
    def test_answer_is_judged_by_the_signatures(self, exercise, expect, genuine, marked, said):
        expect(exercise.attempt(MAIL.format(genuine)), marked, said)

    def test_requests_in_place_of_positions_are_not_printed(self, exercise):
        assert "holds requests, not positions" in str(exercise.attempt(MAIL.format("mail[:2]")))
        assert "Letter(" not in str(exercise.check())

    @pytest.mark.parametrize(
        "arguments", ["one.url, one.signature, one.parameters", "one.url, one.parameters"]
    )
    def test_validator_called_with_other_arguments_leaves_the_advice(self, exercise, arguments):
        call = VALIDATE.format("session.auth_token", arguments)
        assert exercise.write(f"mail.genuine = [n for n, one in enumerate(mail) if {call}]")
        assert "the `signature` as text" in exercise.check().advice

    def test_begun_again_after_a_solution_it_is_unsolved(self, exercise, monkeypatch):
        monkeypatch.setattr(inspection, "_mails", WeakKeyDictionary())
        exercise.begin()
        assert exercise.attempt(exercise.solution).solved
        exercise.begin()
        assert not exercise.check().solved

    def test_without_a_callback_url_the_mail_is_empty_and_says_so(self, exercise, monkeypatch):
        monkeypatch.setattr(inspection, "_mails", WeakKeyDictionary())
        lab = exercise.names["prepare"](exercise.names["session"], "alice available")
        assert "without a public URL" in repr(inspection.open_mail(lab))
        assert "TASKROUTER_PUBLIC_URL" in exercise.check().advice

    def test_before_its_first_cell_it_says_to_run_it(self, exercise, monkeypatch):
        monkeypatch.setattr(inspection, "_mails", WeakKeyDictionary())
        assert "Run the exercise from its first cell" in exercise.check().advice


class TestRoomForTwo:
    @pytest.fixture
    def exercise(self, open_exercise):
        return open_exercise("04-inspect-the-reservation", "Room for two")

    def test_unsolved_says_where_the_capacity_is(self, exercise, marks):
        found = exercise.check()
        assert marks(found) == "○○"
        assert found.advice.startswith("Next: A Worker has no capacity; her channel has")

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            (
                "workspace.workers(lab.alice_sid).update(attributes={!r})".format(
                    json.dumps({"languages": ["en", "es"], "capacity": 2})
                ),
                "Attributes describe her; her channel says how much she takes",
            ),
            (ROOM.format("alice", "voice", 2), "These Tasks are on `default`"),
            (ROOM.format("alice", "default", "1, available=False"), "is not available: set"),
            (ROOM.format("alice", "default", "2, available=False"), "is not available: set"),
            (ROOM.format("alice", "default", 1), "A Worker has no capacity; her channel has"),
            (
                ROOM.format("alice", "default", 2).replace("capacity", "configured_capacity"),
                'update `worker_channels("default")`, with `capacity=…`',
            ),
            (ROOM.format("alice", "default", '"two"'), "Capacity is a whole number; nothing"),
            (ROOM.format("alice", "default", -2), "Capacity is a whole number; nothing"),
            (ROOM.format("alice", "default", 1.5), "Capacity is a whole number; nothing"),
            (ROOM.format("bob", "default", 2), "That is Bob's."),
            ("workspace.workers(lab.alice_sid).update(capacity=2)", "A Worker has no capacity"),
            (ROOM.format("alice", "default", 3), "Two customers at once are a capacity of 2"),
            (ROOM.format("alice", "default", 0), "Two customers at once are a capacity of 2"),
            (
                "workspace.workers(lab.alice_sid).update(activity_sid=lab.offline_sid)",
                "Her Activity says whether she is asked, not how often",
            ),
        ],
    )
    def test_slip_is_named(self, exercise, line, said):
        found = exercise.attempt(line)
        assert said in found.advice and not found.solved

    def test_slip_of_an_earlier_attempt_is_not_named(self, exercise):
        exercise.write(ROOM.format("alice", "voice", 2))
        exercise.names["session"].requests.mark()
        assert "A Worker has no capacity" in exercise.check().advice

    def test_solved_exercise_stays_solved_when_its_tasks_are_deleted(self, exercise):
        assert exercise.attempt(exercise.solution).solved
        exercise.names["prepare"](exercise.names["session"], "alice offline")
        assert exercise.check().solved

    def test_begun_again_after_a_solution_it_is_unsolved(self, exercise):
        assert exercise.attempt(exercise.solution).solved
        assert not exercise.attempt(ROOM.format("alice", "default", 1)).solved
        exercise.names["prepare"](exercise.names["session"], "alice offline")
        assert "what it started with is gone" in exercise.check().advice

    def test_after_the_time_to_answer_the_exercise_begins_anew(self, exercise, clock):
        clock.advance(1200)
        assert "Alice is asked about Spanish #1: that Task is pending" in str(exercise.check())
