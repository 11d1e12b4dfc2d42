import json

import pytest
from twilio.base.exceptions import TwilioRestException

from helpers.exercises import has_workflow, repair_escalates
from helpers.lessons.city_bikes import EXERCISE

AROUND = "`configuration` is JSON text: put `json.dumps(…)` around the dictionary"
REFUSED = "TaskRouter refused your latest request; its error says why"


@pytest.fixture
def lab(prepared):
    return prepared("city bikes")


def sid(resources, name):
    return resources.list(friendly_name=name)[0].sid


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
            ({"expression": 'topic HAS "repair"'}, {}, "✓○✓✓✓", "topic is a text: use =="),
            ({"expression": 'skills HAS "repair"'}, {}, "✓○✓✓✓", "it has a topic, no skills"),
            (
                {"repair": "Front desk", "sale": "Repairs"},
                {},
                "✓○○✓✓",
                "Repairs and Front desk are swapped",
            ),
            ({"expression": "1==1"}, {}, "✓✓○○✓", "sales should go to Front desk"),
            ({}, {"timeout": 120}, "✓✓✓✓○", "a number of seconds; 120 by default"),
            ({}, {"name": "every request"}, "○✓✓✓✓", 'Create one Workflow, "Every request"'),
        ],
    )
    def test_slip_is_named(self, lab, expect, changed, options, marked, said):
        expect(self.create(lab, filters(lab, **changed), **options), marked, said)

    def test_second_workflow_is_named(self, lab):
        self.create(lab, filters(lab))
        shown = str(self.create(lab, filters(lab), name="Another"))
        assert "there are 2, so a Task has to say which" in shown

    @pytest.mark.parametrize(
        ("configuration", "said"),
        [
            (lambda routing: routing, AROUND),
            (str, AROUND),
            (lambda routing: json.dumps(json.dumps(routing)), "`json.dumps` once is enough"),
            (lambda routing: json.dumps(routing["task_routing"]), f"{REFUSED}. Create one"),
        ],
    )
    def test_refused_configuration_is_named_until_the_step_begins_again(
        self, lab, configuration, said
    ):
        routing = {"task_routing": {"filters": filters(lab)}}
        with pytest.raises(TwilioRestException):
            lab.workspace.workflows.create("Every request", configuration(routing))
        assert said in has_workflow(lab).advice
        lab.begin("Workflow")
        assert has_workflow(lab).advice.startswith("Next: Create one Workflow")

    def test_refused_task_is_no_slip_of_the_workflow(self, lab):
        self.create(lab, filters(lab), default="")
        with pytest.raises(TwilioRestException):
            lab.workspace.tasks.create(attributes="{}")
        assert has_workflow(lab).advice.startswith("Next: A customer who asks about parking")


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
        with pytest.raises(TwilioRestException):
            lab.workspace.workers.create("Rosa")
        assert repair_escalates(lab).advice.startswith("Next: Run the cell above")

    def test_change_that_is_not_sent_is_named(self, lab):
        assert "Changing `routing` is not enough" in repair_escalates(lab).advice

    def test_time_to_answer_in_place_of_the_targets_is_named(self, lab):
        [workflow] = lab.workspace.workflows.list()
        workflow.update(task_reservation_timeout=60)
        assert "That is the time a Worker has to answer" in repair_escalates(lab).advice

    def test_configuration_as_a_dictionary_is_named(self, lab):
        [workflow] = lab.workspace.workflows.list()
        with pytest.raises(TwilioRestException):
            workflow.update(configuration=json.loads(workflow.configuration))
        assert AROUND in repair_escalates(lab).advice

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
            (
                [("Repairs", 60), ("Front desk", 60)],
                {},
                "✓○✓",
                "Front desk ends after 60 more seconds and the Task is canceled: give the last",
            ),
            ([("Repairs", 60)], {}, "✓○○", "a target that ends needs a next one"),
            ([("Repairs", 60_000), ("Front desk", None)], {}, "○✓○", "That is nearly 17 hours"),
            ([("Repairs", 30), ("Front desk", None)], {}, "○✓✓", "a timeout of 60"),
            ([("Repairs", None), ("Front desk", 60)], {}, "○○○", "never reached"),
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
    def test_slip_is_named(self, lab, expect, targets, options, marked, said):
        expect(self.update(lab, *targets, **options), marked, said)

    def test_canceled_repair_needs_a_new_beginning(self, lab, expect):
        self.update(lab, ("Repairs", 60))
        expect(self.update(lab, ("Repairs", 60), ("Front desk", None)), "✓✓○", "it begins anew")
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
