import json

import pytest

from helpers.exercises import (
    doors_are_open,
    has_activities,
    has_task_queues,
    has_workers,
    has_workflow,
    repair_escalates,
)
from helpers.lessons.city_bikes import EXERCISE, FILE_STEP

SALES, BOTH = '{"skills": ["sales"]}', '{"skills": ["repair", "sales"]}'
REPAIR, SELL = 'skills HAS "repair"', 'skills HAS "sales"'
REFUSED = (None, None)


@pytest.fixture
def lab(prepared):
    return prepared("city bikes")


def sid(resources, name):
    return resources.list(friendly_name=name)[0].sid


class TestActivities:
    @pytest.fixture(autouse=True)
    def begin(self, lab):
        lab.begin("Activities")

    def create(self, lab, *activities):
        for name, flag in activities:
            lab.workspace.activities.create(name, **({} if flag is None else {"available": flag}))
        return has_activities(lab)

    def test_unsolved_says_that_they_are_missing(self, lab, marks):
        found = has_activities(lab)
        assert marks(found) == "○○" and 'there is no "At the desk"' in str(found)

    def test_both_solve_it(self, lab):
        assert self.create(lab, ("At the desk", True), ("In the workshop", None)).solved

    @pytest.mark.parametrize(
        ("activities", "marked", "said"),
        [
            ([("At the desk", None)], "○○", "Without `available` it is False, and stays False"),
            ([("at the desk", True)], "○○", 'there is "at the desk", not "At the desk"'),
            ([("At the desk", True)], "✓○", 'there is no "In the workshop"'),
            ([("At the desk", True), ("In the workshop", True)], "✓○", "available=False"),
            ([("At the desk", True), ("In the Workshop", None)], "✓○", '"In the Workshop", not'),
            ([("In the workshop", None), ("Desk", True)], "○✓", 'there is no "At the desk"'),
        ],
    )
    def test_slip_is_named(self, lab, marks, activities, marked, said):
        found = self.create(lab, *activities)
        assert marks(found) == marked and said in str(found)

    def test_no_later_step_solves_it(self, lab, marks):
        assert marks(has_activities(lab)) == "○○"
        lab.begin("Workers")
        assert marks(has_activities(lab)) == "○○"
        lab.begin(FILE_STEP)
        lab.apply()
        assert marks(has_activities(lab)) == "○○"
        lab.begin("Activities")
        assert self.create(lab, ("At the desk", True), ("In the workshop", None)).solved


class TestWorkers:
    @pytest.fixture(autouse=True)
    def begin(self, lab):
        lab.begin("Workers")

    def test_both_solve_it(self, lab):
        lab.workspace.workers.create("Sam", attributes=SALES)
        lab.workspace.workers.create("Rosa", attributes='{"skills": ["sales", "repair"]}')
        assert has_workers(lab).solved

    @pytest.mark.parametrize(
        ("sam", "rosa", "said"),
        [
            (SALES, '{"skills": "repair"}', "`skills` is a text. HAS looks into a list"),
            ('{"skill": ["sales"]}', BOTH, "ask for `skills`; Sam has `skill`"),
            (BOTH, BOTH, "Repairs would reach Sam, who only sells"),
            (SALES, '{"skills": ["repair"]}', 'should be {"skills": ["repair", "sales"]}'),
            (SALES, '{"skills": ["repairs", "sales"]}', '{"skills": ["repair", "sales"]}'),
            (SALES, "{}", 'should be {"skills": ["repair", "sales"]}'),
            (SALES, '{"skills": []}', 'should be {"skills": ["repair", "sales"]}'),
            (SALES, '{"skills": {"repair": true}}', 'should be {"skills": ["repair", "sales"]}'),
            (SALES, None, 'Create a Worker "Rosa"'),
        ],
    )
    def test_slip_is_named(self, lab, sam, rosa, said):
        for name, attributes in (("Sam", sam), ("Rosa", rosa)):
            if attributes is not None:
                lab.workspace.workers.create(name, attributes=attributes)
        found = has_workers(lab)
        assert not found.solved and said in found.advice

    def test_one_worker_who_is_missing_is_named(self, lab):
        lab.workspace.workers.create("Sam", attributes=SALES)
        assert "there is no Rosa" in str(has_workers(lab))

    def test_worker_of_another_name_or_activity_is_named(self, lab):
        desk = sid(lab.workspace.activities, "At the desk")
        lab.workspace.workers.create("sam", attributes=SALES)
        lab.workspace.workers.create("Rosa", attributes=BOTH, activity_sid=desk)
        shown = str(has_workers(lab))
        assert "there is no " not in shown
        assert 'there is "sam", not "Sam"' in shown and "Rosa is At the desk" in shown


class TestTaskQueues:
    @pytest.fixture(autouse=True)
    def begin(self, lab):
        lab.begin("TaskQueues")

    @pytest.mark.parametrize("front_desk", [SELL, f'{SELL} OR skills == "none"'])
    def test_expressions_that_select_the_right_workers_solve_it(self, lab, front_desk):
        lab.workspace.task_queues.create("Repairs", target_workers=REPAIR)
        lab.workspace.task_queues.create("Front desk", target_workers=front_desk)
        assert has_task_queues(lab).solved

    @pytest.mark.parametrize(
        ("repairs", "front_desk", "said"),
        [
            ("", SELL, "Without target_workers, `1==1` selects every Worker"),
            (REPAIR, "1==1", "Without target_workers, `1==1` selects every Worker"),
            (SELL, REPAIR, 'A Worker with only "sales" would be selected too'),
            ("skills HAS repair", SELL, "Without quotation marks, `repair` is a key"),
            ('skills == "repair"', SELL, "== compares single values, and `skills` is a list"),
            ('skils HAS "repair"', SELL, 'Ask for the skill: skills HAS "repair"'),
            ('skills HAS "repairs"', SELL, 'Ask for the skill: skills HAS "repair"'),
            (REPAIR, f"{SELL} AND {REPAIR}", 'Ask for the skill: skills HAS "sales"'),
            (REPAIR, f"{SELL} OR {REPAIR}", 'A Worker with only "repair" would be selected too'),
            (REPAIR, None, 'Create a TaskQueue "Front desk"'),
        ],
    )
    def test_slip_is_named(self, lab, repairs, front_desk, said):
        for name, expression in (("Repairs", repairs), ("Front desk", front_desk)):
            if expression is not None:
                given = {"target_workers": expression} if expression else {}
                lab.workspace.task_queues.create(name, **given)
        found = has_task_queues(lab)
        assert not found.solved and said in found.advice


def filters(lab, repair="Repairs", sale="Front desk", expression='topic == "repair"'):
    queues = {one.friendly_name: one.sid for one in lab.workspace.task_queues.list()}
    return [
        {"expression": expression, "targets": [{"queue": queues[repair]}]},
        {"expression": 'topic == "sale"', "targets": [{"queue": queues[sale]}]},
    ]


class TestWorkflow:
    @pytest.fixture(autouse=True)
    def begin(self, lab):
        lab.begin("Workflow")

    def create(self, lab, filters, default="Front desk", timeout=1200, name="Every request"):
        routing = {"filters": filters}
        if default:
            routing["default_filter"] = {"queue": sid(lab.workspace.task_queues, default)}
        lab.workspace.workflows.create(
            name,
            configuration=json.dumps({"task_routing": routing}),
            task_reservation_timeout=timeout,
        )
        return has_workflow(lab)

    def test_declared_workflow_solves_it(self, lab):
        assert self.create(lab, filters(lab)).solved

    def test_unsolved_says_that_there_is_none(self, lab, marks):
        assert marks(has_workflow(lab)) == "○○○○○"

    @pytest.mark.parametrize(
        ("changed", "options", "marked", "said"),
        [
            ({}, {"default": ""}, "✓✓✓○✓", "asks about parking is refused"),
            ({}, {"default": "Repairs"}, "✓✓✓○✓", "everything else should go to Front desk"),
            ({"repair": "Front desk"}, {}, "✓○✓✓✓", 'topic == "repair", with quotation marks'),
            ({"sale": "Repairs"}, {}, "✓✓○✓✓", "sales should go to Front desk"),
            ({"expression": "topic == repair"}, {}, "✓○✓○✓", "with quotation marks"),
            ({"expression": 'topics == "repair"'}, {}, "✓○✓✓✓", 'topic == "repair"'),
            ({"expression": "1==1"}, {}, "✓✓○○✓", "sales should go to Front desk"),
            ({}, {"timeout": 120}, "✓✓✓✓○", "a number of seconds; 120 by default"),
            ({}, {"name": "every request"}, "○✓✓✓✓", 'Create one Workflow, "Every request"'),
        ],
    )
    def test_slip_is_named(self, lab, marks, changed, options, marked, said):
        found = self.create(lab, filters(lab, **changed), **options)
        assert marks(found) == marked and said in found.advice

    def test_second_workflow_is_named(self, lab):
        self.create(lab, filters(lab))
        shown = str(self.create(lab, filters(lab), name="Another"))
        assert "there are 2, so a Task has to say which" in shown


class TestDoors:
    @pytest.fixture(autouse=True)
    def begin(self, lab):
        lab.begin("doors")

    @pytest.mark.parametrize(
        ("sam", "rosa", "marked", "said"),
        [
            ("At the desk", "At the desk", "✓✓", ""),
            ("In the workshop", "At the desk", "○✓", "Sam is there and gets nothing"),
            ("At the desk", "Available", "✓○", "Update Rosa with the SID of At the desk"),
            (None, "At the desk", "○✓", "Update Sam with the SID of At the desk"),
        ],
    )
    def test_each_activity_is_reported(self, lab, marks, sam, rosa, marked, said):
        space = lab.workspace
        for name, activity in (("Sam", sam), ("Rosa", rosa)):
            if activity:
                worker = space.workers(sid(space.workers, name))
                worker.update(activity_sid=sid(space.activities, activity))
        found = doors_are_open(lab)
        assert marks(found) == marked and said in found.advice


class TestRepairEscalates:
    @pytest.fixture(autouse=True)
    def begin(self, lab):
        lab.begin(EXERCISE)

    def update(self, lab, *targets, filter_index=0, re_evaluate="true"):
        space = lab.workspace
        [workflow] = space.workflows.list()
        queues = {one.friendly_name: one.sid for one in space.task_queues.list()}
        routing = json.loads(workflow.configuration)
        routing["task_routing"]["filters"][filter_index]["targets"] = [
            {"queue": queues[name], **({} if timeout is None else {"timeout": timeout})}
            for name, timeout in targets
        ]
        workflow.update(configuration=json.dumps(routing), re_evaluate_tasks=re_evaluate)
        return repair_escalates(lab)

    def test_unsolved_reports_one_target(self, lab, marks):
        assert marks(repair_escalates(lab)) == "○○○"

    def test_before_the_exercise_it_says_where_to_begin(self, lab):
        lab.begin("doors")
        assert "Run the cell above" in repair_escalates(lab).advice

    def test_change_that_is_not_sent_is_named(self, lab):
        assert "Changing `routing` is not enough" in repair_escalates(lab).advice

    def test_time_to_answer_in_place_of_the_targets_is_named(self, lab):
        [workflow] = lab.workspace.workflows.list()
        workflow.update(task_reservation_timeout=60)
        assert "That is the time a Worker has to answer" in repair_escalates(lab).advice

    def test_second_target_after_a_timeout_solves_it(self, lab):
        assert self.update(lab, ("Repairs", 60), ("Front desk", None)).solved

    @pytest.mark.parametrize(
        ("targets", "options", "marked", "said"),
        [
            (
                [("Repairs", None), ("Front desk", None)],
                {},
                "○✓○",
                "The second target is never reached: only a timeout or `skip_if` leads on",
            ),
            (
                [("Repairs", 60), ("Front desk", None)],
                {"re_evaluate": "false"},
                "✓✓○",
                'still walks the old one: send re_evaluate_tasks="true"',
            ),
            ([("Repairs", 60)], {}, "✓○○", "a target that ends needs a next one"),
            ([("Repairs", 60_000), ("Front desk", None)], {}, "○✓○", "That is nearly 17 hours"),
            ([("Repairs", 30), ("Front desk", None)], {}, "○✓✓", "a timeout of 60"),
            ([("Repairs", None), ("Front desk", 60)], {}, "○✓○", "never reached"),
            ([("Front desk", None), ("Repairs", 60)], {}, "○○✓", "A repair begins in Repairs"),
            ([("Front desk", None)], {}, "○○✓", "A repair begins in Repairs"),
            ([("Repairs", 60), ("Repairs", None)], {}, "✓○○", "`targets` is a list"),
            (
                [("Repairs", 60), ("Front desk", None)],
                {"filter_index": 1},
                "○○○",
                "Give the first target of the filter for repairs a timeout",
            ),
        ],
    )
    def test_slip_is_named(self, lab, marks, targets, options, marked, said):
        found = self.update(lab, *targets, **options)
        assert marks(found) == marked and said in found.advice

    def test_canceled_repair_needs_a_new_beginning(self, lab, marks):
        self.update(lab, ("Repairs", 60))
        found = self.update(lab, ("Repairs", 60), ("Front desk", None))
        assert marks(found) == "✓✓○" and "it begins anew" in found.advice
        lab.begin(EXERCISE)
        assert self.update(lab, ("Repairs", 60), ("Front desk", None)).solved

    def test_worker_called_back_in_place_of_an_escalation_is_named(self, lab):
        space = lab.workspace
        rosa = space.workers(sid(space.workers, "Rosa"))
        rosa.update(activity_sid=sid(space.activities, "At the desk"))
        assert "Rosa is asked, and the next repair waits again" in str(
            repair_escalates(lab).lines[-1].advice
        )

    def test_deleted_repair_needs_a_new_beginning(self, lab):
        for task in lab.workspace.tasks.list():
            task.delete()
        assert str(repair_escalates(lab).lines[-1]).endswith("it is gone")
