import pytest
from twilio.base.exceptions import TwilioRestException

from helpers.exercises import (
    doors_are_open,
    has_activities,
    has_task_queues,
    has_workers,
)
from helpers.lessons.city_bikes import FILE_STEP

SALES, BOTH = '{"skills": ["sales"]}', '{"skills": ["repair", "sales"]}'
REPAIR, SELL = 'skills HAS "repair"', 'skills HAS "sales"'


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
            ([("At the desk", False), ("In the workshop", True)], "○○", "You swapped the flags"),
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

    def test_attributes_as_a_dictionary_are_named(self, lab):
        with pytest.raises(TwilioRestException):
            lab.workspace.workers.create("Sam", attributes={"skills": ["sales"]})
        assert "`attributes` is JSON text: put `json.dumps(…)`" in has_workers(lab).advice

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
            ('friendly_name == "Rosa"', SELL, 'One hired next year with "repair" would be missed'),
            (f"{REPAIR} AND {SELL}", SELL, 'One hired next year with "repair" would be missed'),
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

    def test_refused_expression_is_named(self, lab):
        with pytest.raises(TwilioRestException):
            lab.workspace.task_queues.create("Repairs", target_workers="skills HAS")
        assert "its error says why. Create a TaskQueue" in has_task_queues(lab).advice


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
    def test_each_activity_is_reported(self, lab, expect, sam, rosa, marked, said):
        space = lab.workspace
        for name, activity in (("Sam", sam), ("Rosa", rosa)):
            if activity:
                worker = space.workers(sid(space.workers, name))
                worker.update(activity_sid=sid(space.activities, activity))
        expect(doors_are_open(lab), marked, said)

    def test_before_its_cell_the_self_check_says_to_run_it(self, lab):
        lab.begin(FILE_STEP)
        assert doors_are_open(lab).advice == "Next: Run the cell above: it begins the step."
