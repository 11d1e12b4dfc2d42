import pytest

LESSON = "07-when-nobody-answers"
HOME = "activity_sid=lab.offline_sid, reject_pending_reservations=True"
ALICE, BOB = "workspace.workers(lab.alice_sid)", "workspace.workers(lab.bob_sid)"
BOTH = "for worker in (workspace.workers(lab.alice_sid), workspace.workers(lab.bob_sid)):\n    "
EACH_ASKED = (
    "for sid in (lab.alice_sid, lab.bob_sid):\n"
    "  for one in workspace.workers(sid).reservations.list(reservation_status='pending'):\n    one"
)
EVERY_TASK = "for task in workspace.tasks.list():\n    task"
AWAY = "away = workspace.activities.list(friendly_name='Unavailable')[0].sid\n"
IDLE = "activity_sid=lab.idle_sid"
RENAMED = "workspace.activities(lab.offline_sid).update(friendly_name='Unavailable')"
CANCEL = '.update(assignment_status="canceled", reason="closed")'


class TestClosingTime:
    @pytest.fixture
    def exercise(self, open_exercise):
        return open_exercise(LESSON, "closing time")

    @pytest.mark.parametrize(
        "lines",
        [
            f"{ALICE}.update({HOME})\n{BOB}.update({HOME})",
            f'{EACH_ASKED}.update(reservation_status="rejected", worker_activity_sid=lab.offline_sid)',
        ],
    )
    def test_both_ways_to_hand_back_and_leave_solve_it(self, exercise, lines):
        assert exercise.write(lines) is None
        assert exercise.check().solved

    @pytest.mark.parametrize(
        ("lines", "marked", "said"),
        [
            ("", "○○○○", "Update Alice with lab.offline_sid"),
            (
                f"{BOTH}worker.update(activity_sid=lab.offline_sid)",
                "✓✓○○",
                "two customers still wait for an answer: hand the questions back",
            ),
            (f"{ALICE}.update({HOME})", "✓○○○", "Bob is still at work"),
            (f"{BOB}.update({HOME})", "○✓○○", "Alice is still at work"),
            (
                f'{EACH_ASKED}.update(reservation_status="rejected")',
                "○○○○",
                "had room again, and TaskRouter asked again: hand back and leave in one request",
            ),
            (
                (
                    f'{EACH_ASKED}.update(reservation_status="rejected")\n'
                    f"{BOTH}worker.update(activity_sid=lab.offline_sid)"
                ),
                "✓✓○○",
                "had room again, and TaskRouter asked again: hand back and leave in one request",
            ),
            (
                f"{BOTH}worker.update({IDLE}, reject_pending_reservations=True)",
                "○○○○",
                "handing back goes with an Activity that is not available",
            ),
            (EVERY_TASK + CANCEL, "○○✓○", "The questions are gone, and so are two customers"),
            (f"{EVERY_TASK}.delete()", "○○✓○", "The questions are gone, and so are two customers"),
            (f"workspace.tasks.list()[0]{CANCEL}", "○○○○", "so is a customer"),
            (
                f'{EACH_ASKED}.update(reservation_status="accepted")',
                "○○✓○",
                "A Worker has accepted, so that customer expects help now",
            ),
            (
                AWAY + f"{BOTH}worker.update(activity_sid=away, reject_pending_reservations=True)",
                "○○✓✓",
                "Alice is Unavailable, which says: back soon. Home is Offline",
            ),
            (f"{ALICE}.update(activity_sid='Offline')", "○○○○", "takes a SID: lab.offline_sid"),
            (
                f"{ALICE}.update({HOME})\n{BOB}.update(activity_sid=lab.offline_sid)",
                "✓✓○○",
                "one customer still waits for an answer",
            ),
        ],
    )
    def test_slip_is_named(self, exercise, expect, lines, marked, said):
        expect(exercise.attempt(lines), marked, said)

    @pytest.mark.parametrize("start", ["task waiting", "anything"])
    def test_before_its_start_cell_the_self_check_says_to_run_it(self, exercise, start):
        prepare, session = exercise.names["prepare"], exercise.names["session"]
        exercise.names["lab"] = prepare(session, start)
        found = exercise.check()
        assert not found.solved and "Run the cell above: it begins the exercise" in found.advice

    def test_tasks_that_another_lesson_deleted_are_no_lost_customers(self, exercise):
        exercise.names["prepare"](exercise.names["session"], "alice offline")
        assert "Run the cell above: it begins the exercise" in exercise.check().advice

    def test_solved_exercise_stays_solved_when_the_next_one_begins(self, exercise):
        exercise.write(exercise.solution)
        assert exercise.check().solved
        exercise.names["lab"] = exercise.names["prepare"](exercise.names["session"])
        assert exercise.check().solved

    def test_lost_customers_come_back_with_a_new_beginning(self, exercise):
        exercise.write(EVERY_TASK + CANCEL)
        assert exercise.attempt(exercise.solution).solved


class TestAwayNotGone:
    @pytest.fixture
    def exercise(self, open_exercise):
        return open_exercise(LESSON, "away, not gone")

    @pytest.mark.parametrize(
        ("lines", "marked", "said"),
        [
            ("", "○✓", "The Workspace has a setting for this"),
            (
                "workspace.update(default_activity_sid=unavailable.sid)",
                "○○",
                "`default_activity_sid` is where new Workers begin",
            ),
            (
                "sid = unavailable.sid\nworkspace.update(default_activity_sid=sid, timeout_activity_sid=sid)",
                "✓○",
                "Set default_activity_sid back to lab.offline_sid",
            ),
            (
                'workspace.update(timeout_activity_sid="Unavailable")',
                "○✓",
                "takes a SID (WA…), not a name",
            ),
            (
                "workspace.update(timeout_activity_sid=lab.idle_sid)",
                "○✓",
                "would be asked again at once",
            ),
            (
                "workspace.workflows(lab.workflow_sid).update(task_reservation_timeout=60)",
                "○✓",
                "The Workflow says how long TaskRouter waits",
            ),
            (
                f"{ALICE}.update(activity_sid=unavailable.sid)",
                "○✓",
                "the next one who doesn't answer still goes Offline",
            ),
            (
                f"{BOTH}worker.update(activity_sid=unavailable.sid)",
                "○✓",
                "The Workers you moved are away now",
            ),
            (f"{ALICE}.update(timeout_activity_sid=unavailable.sid)", "○✓", "has a setting"),
            ("workspace.update(friendly_name='Unavailable')", "○✓", "has a setting"),
            ("unavailable.update(friendly_name='Offline')", "○✓", "has a setting"),
            (RENAMED, "○○", "You renamed Offline; the setting is the Workspace's"),
        ],
    )
    def test_slip_is_named(self, exercise, expect, lines, marked, said):
        expect(exercise.attempt(lines), marked, said)

    def test_after_a_renamed_activity_the_exercise_can_begin_again_and_be_solved(self, exercise):
        exercise.write(RENAMED)
        assert exercise.write(exercise.solution) is None
        assert exercise.check().solved

    def test_timeout_activity_solves_it(self, exercise):
        assert exercise.write("workspace.update(timeout_activity_sid=unavailable.sid)") is None
        assert exercise.check().solved
