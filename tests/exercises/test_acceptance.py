import re

import pytest

from helpers.exercises import acceptance

TASKS = "workspace.tasks.list()"
ACCEPT = "{}.reservations.list()[0].update(reservation_status='accepted')"
BY_SID = "workspace.workers(lab.bob_sid).reservations(sid).update(reservation_status='accepted')"
INVOICE, PASSWORD = f"{TASKS}[0]", f"{TASKS}[1]"


class TestThePassword:
    @pytest.fixture
    def exercise(self, open_exercise):
        return open_exercise("05-accept-the-reservation", "The password")

    def test_unsolved_says_how_to_find_the_reservation(self, exercise, expect):
        expect(exercise.attempt(""), "✓✓○", "Find the Task by its topic")

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            (
                ACCEPT.format("workspace.workers(lab.bob_sid)"),
                "You accepted the invoice: the order of a list tells you nothing about the topic",
            ),
            (ACCEPT.format(INVOICE), "You accepted the invoice"),
            (
                f"for one in {TASKS}: {ACCEPT.format('one')}",
                "The invoice is assigned too; Bob has two customers at once",
            ),
            (
                f"{PASSWORD}.update(assignment_status='assigned')",
                "A Task can't be set to assigned; accept its Reservation",
            ),
            (
                f"sid = {PASSWORD}.sid\n{BY_SID}",
                "That SID begins with WT; a Reservation's begins with WR",
            ),
            (
                f"{INVOICE}.reservations.list()[0].update(reservation_status='rejected')",
                "TaskRouter asked Bob about it again at once; a rejected question returns",
            ),
            (
                f"{ACCEPT.format(PASSWORD)}\n{PASSWORD}.update(assignment_status='completed')",
                "You completed it as well: this exercise stops at accepted. Run the exercise",
            ),
            (
                f"{PASSWORD}.reservations.list()[0].update(reservation_status='rejected')",
                "You rejected it, and TaskRouter asked Bob again. Run the exercise",
            ),
            (f"{PASSWORD}.update(assignment_status='reserved')", "A Task can't be set to assigned"),
            (
                f"{PASSWORD}.reservations.list()[0].update(reservation_status='yes')",
                "Find the Task",
            ),
            (f"{PASSWORD}.update(assignment_status='canceled', reason='x')", "Find the Task"),
            (
                f"{INVOICE}.update(assignment_status='canceled', reason='x')",
                "You canceled the invoice, and its customer gets no answer. Run the exercise",
            ),
            (
                (
                    f"for one in ({INVOICE}, {TASKS}[2]):\n"
                    "  one.update(assignment_status='canceled', reason='x')"
                ),
                "You canceled the invoice and the refund, and their customers get no answer.",
            ),
        ],
    )
    def test_slip_is_named(self, exercise, lines, said):
        found = exercise.attempt(lines)
        assert said in found.advice and not found.solved

    def test_solved_exercise_stays_solved_when_the_next_one_begins(self, exercise):
        exercise.write(exercise.solution)
        exercise.check()
        exercise.names["exercises"].three_customers(exercise.names["lab"], "")
        assert exercise.check().solved

    def test_begun_again_after_a_solution_it_is_unsolved(self, exercise):
        for _ in range(2):
            assert exercise.write(exercise.solution) is None
            assert exercise.check().solved
            assert not exercise.attempt("").solved

    @pytest.mark.parametrize("position", range(3))
    def test_position_finds_the_password_once_only(self, exercise, position):
        solved = 0
        for _ in range(3):
            exercise.write(ACCEPT.format(f"{TASKS}[{position}]"))
            solved += exercise.check().solved
        assert solved == 1

    def test_after_the_time_to_answer_the_exercise_begins_anew(self, exercise, clock):
        assert not exercise.attempt("").solved
        clock.advance(1200)
        assert "invoice is pending, refund is pending" in str(exercise.check())


LANGUAGE = "json.loads(request.form['TaskAttributes'])['selected_language']"
ACCEPTS = "return {'instruction': 'accept'} if "


class TestYourServerDecides:
    @pytest.fixture
    def exercise(self, open_exercise):
        return open_exercise("05-accept-the-reservation", "Your server decides")

    def serve(self, exercise, body):
        """Run the learner's cell with this body of the route."""
        exercise.prompt = re.sub(
            r"^    return {}$", f"    {body}", exercise.prompt, flags=re.MULTILINE
        )
        assert body in exercise.prompt
        try:
            assert exercise.write("") is None
        finally:
            exercise.prompt = exercise.prompt.replace(f"    {body}", "    return {}")
        return exercise.check()

    def test_route_that_decides_nothing_is_unsolved(self, exercise, expect):
        expect(self.serve(exercise, "return {}"), "○✓✓", "`TaskAttributes` is JSON text, such as")

    @pytest.mark.parametrize(
        ("body", "marked", "said"),
        [
            (f"{ACCEPTS}{LANGUAGE} == 'es' else {{}}", "✓✓✓", ""),
            (f"{ACCEPTS}'es' in request.form['TaskAttributes'] else {{}}", "✓✓✓", ""),
            (
                f"{ACCEPTS}request.form['TaskAttributes'] == 'es' else {{}}",
                "○✓✓",
                '`TaskAttributes` is JSON text, such as `{"selected_language":"es"}`',
            ),
            (
                f"{ACCEPTS}request.form['TaskAttributes']['selected_language'] == 'es' else {{}}",
                "○",
                "Your route answered 500. `TaskAttributes` is JSON text: `json.loads` first. Line 5",
            ),
            (
                f"return {{'reservation_status': 'accepted'}} if {LANGUAGE} == 'es' else {{}}",
                "○✓✓",
                "TaskRouter found no `instruction` in your answer, so it did nothing",
            ),
            (
                f"return {{'instruction': 'accepted'}} if {LANGUAGE} == 'es' else {{}}",
                "○✓✓",
                "The instruction is `accept`, and not `accepted`",
            ),
            (
                f"{ACCEPTS}'\"es\"' in request.form['WorkerAttributes'] else {{}}",
                "✓✓○",
                "You looked at who was asked. If Alice is asked in English, your server accepts",
            ),
            ("return {'instruction': 'accept'}", "✓○○", "Bob's Task was accepted as well"),
            (f"return 'accept' if {LANGUAGE} == 'es' else {{}}", "○✓✓", "Answer with a dictionary"),
            (
                f"if {LANGUAGE} == 'es': return {{'instruction': 'accept'}}",
                "✓✓✓○",
                "It answered 500 about a Task in English: return `{}`",
            ),
            ("pass", "○", "500. Your route must return a dictionary on every path."),
            ("return {'accept'}", "○", "500. Your route must return a dictionary on every path."),
            ("return request.json", "○", "415. TaskRouter sends a form: `request.form`."),
            (
                "return request.form['selected_language']",
                "○",
                "400. There is no such parameter; the language is inside `TaskAttributes`.",
            ),
            (
                "return json.loads(request.form['TaskAttributes'])['language']",
                "○",
                "500. The key is `selected_language`.",
            ),
            (f"return {LANGUAGE}, 404", "○", "Your route answered 404. "),
            (f"{ACCEPTS}{LANGUAGE} == 'en' else {{}}", "○○○", "`TaskAttributes` is JSON text"),
        ],
    )
    def test_route_is_judged_by_what_became_of_three_tasks(
        self, exercise, marks, body, marked, said
    ):
        found = self.serve(exercise, body)
        assert marks(found).startswith(marked) and said in found.advice

    def test_rejection_of_english_is_no_solution_while_taskrouter_asks_again(
        self, exercise, monkeypatch
    ):
        monkeypatch.setattr(acceptance, "_MANY", 4)  # judge it while most Reservations are to come
        answer = f"{ACCEPTS}{LANGUAGE} == 'es' else {{'instruction': 'reject'}}"
        found = self.serve(exercise, answer)
        assert not found.solved and "TaskRouter asks again after each rejection" in found.advice

    def test_tasks_that_are_gone_need_a_new_beginning(self, exercise):
        exercise.names["prepare"](exercise.names["session"], "alice offline")
        assert "what it started with is gone" in exercise.check().advice

    def test_server_that_cannot_be_called_needs_a_public_url(self, exercise):
        exercise.names["exercises"].three_customers(exercise.names["lab"], "")
        assert "TASKROUTER_PUBLIC_URL" in exercise.check().advice
