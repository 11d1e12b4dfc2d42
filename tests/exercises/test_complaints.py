"""Each case of lesson 08: its solution, repairs of other sides, and what the self-check says."""

import json

import pytest
from twilio.base.exceptions import TwilioRestException

from helpers.exercises import complaints, repaired
from helpers.lessons.complaints import COMPLAINTS


@pytest.fixture
def lab(prepared):
    return prepared("ten complaints")


def ask(expression, case):
    case.workspace.task_queues(case.queue_sid).update(target_workers=expression)


def attributes(case, **values):
    case.workspace.workers(case.worker_sid).update(attributes=json.dumps(values))


def channel(case, name="default", **settings):
    case.workspace.workers(case.worker_sid).worker_channels(name).update(**settings)


def move(case, activity):
    [found] = case.workspace.activities.list(friendly_name=activity)
    case.workspace.workers(case.worker_sid).update(activity_sid=found.sid)


def later(case):
    """Move the clock: in a test it stands, and two things may happen at once."""
    session = case.session
    session.client.request("POST", f"{session.address}/emulator/clock", data={"advance": "1"})


def earlier(case):
    return next(task for task in case.tasks() if "earlier" in task.attributes)


def end(case, status="completed"):
    earlier(case).update(assignment_status=status, reason="done")


def answer(case, status):
    worker = case.workspace.workers(case.worker_sid)
    worker.reservations.list()[0].update(reservation_status=status)


def accept(case):
    answer(case, "accepted")


def queue_sid(case, name):
    return case.workspace.task_queues.list(friendly_name=name)[0].sid


def configure(case, change, **more):
    workflow = case.workspace.workflows(case.workflow_sid)
    configuration = json.loads(workflow.fetch().configuration)
    change(configuration["task_routing"])
    workflow.update(configuration=json.dumps(configuration), **more)


def lead(case, queue, **more):
    sid = queue_sid(case, queue)
    configure(case, lambda routing: routing["filters"][0]["targets"][0].update(queue=sid), **more)


def add_filter(case, topic):
    target = {"expression": f'topic == "{topic}"', "targets": [{"queue": case.queue_sid}]}
    configure(case, lambda routing: routing["filters"].append(target))


def add_target(case):
    target = {"queue": case.queue_sid}
    configure(case, lambda routing: routing["filters"][0]["targets"].append(target))


def default_outside(case):
    workflow = case.workspace.workflows(case.workflow_sid)
    configuration = json.loads(workflow.fetch().configuration)
    configuration["default_filter"] = {"queue": case.queue_sid}
    workflow.update(configuration=json.dumps(configuration))


def customers_task(case):
    return case.workspace.tasks(case.task_sid)


def change_topic(case):
    customers_task(case).update(attributes='{"topic": "sale"}')


def cancel(case):
    customers_task(case).update(assignment_status="canceled", reason="wrong")


def default(case, queue="Everything else"):
    sid = queue_sid(case, queue)
    configure(case, lambda routing: routing.update(default_filter={"queue": sid}))


def create(case, topic="gift card", **more):
    more = {"workflow_sid": case.workflow_sid} | more
    case.workspace.tasks.create(attributes=json.dumps({"topic": topic}), **more)


SOLUTIONS = {
    "The bill": lambda case: ask('skills HAS "billing"', case),
    "Ben": lambda case: attributes(case, languages=["es"]),
    "Chloe": lambda case: attributes(case, level=7),
    "The bank card": lambda case: attributes(case, product_line="cards"),
    "Elif": end,
    "The parcel": lambda case: lead(case, "Returns", re_evaluate_tasks="true"),
    "The gift card": lambda case: (default(case), create(case)),
    "Hugo": lambda case: (ask('skills HAS "gifts"', case), channel(case, capacity=1)),
    "Ines": lambda case: (move(case, "Available"), end(case)),
    "Jonas": lambda case: (accept(case), end(case)),
}
OTHERS = [  # the case, the repair of another side, what the self-check says
    ("The bill", lambda case: attributes(case, skils=["billing"]), "the next one hired is missed"),
    ("The bill", lambda case: ask("1==1", case), "Every Worker is selected now"),
    ("The bill", lambda case: attributes(case, skills=["bill"]), "letter by letter"),
    ("The bill", lambda case: ask('skills == "billing"', case), "The key is right now. A list is"),
    (
        "The bill",
        lambda case: ask('skills CONTAINS "bill"', case),
        "searched with HAS, for a whole",
    ),
    ("The bill", lambda case: ask("skills HAS billing", case), "in quotation marks: `skills HAS"),
    ("The bill", lambda case: ask('skills HAS "Billing"', case), "letter by letter"),
    ("Ben", lambda case: ask('languages CONTAINS "es"', case), "keeps out every Worker with a"),
    ("Ben", lambda case: ask('languages == "es"', case), "keeps out every Worker with a list"),
    ("Ben", lambda case: ask('languages == "es"', case), "back and change his attributes."),
    ("Ben", lambda case: attributes(case, languages=["ES"]), "Upper and lower case count"),
    ("Ben", lambda case: attributes(case, language=["es"]), "`languages`; Ben has `language`."),
    ("Ben", lambda case: attributes(case, languages='["es"]'), "HAS looks into a list"),
    (
        "Ben",
        lambda case: ask('languages HAS "es" OR languages == "es"', case),
        "The next expression with HAS misses him",
    ),
    ("Chloe", lambda case: ask('level >= "5"', case), 'As texts, `"10"` comes before `"5"`'),
    ("Chloe", lambda case: ask('level == "7"', case), "the text 7 and no other level sent as text"),
    (
        "Chloe",
        lambda case: ask('level >= 5 OR level == "7"', case),
        "the text 7 and no other level sent as text",
    ),
    ("Chloe", lambda case: attributes(case, level=4), "now she has `4`"),
    ("Chloe", lambda case: attributes(case, level=[7]), "must be a number, not a list."),
    ("Chloe", lambda case: attributes(case, level="8"), "quotation marks included"),
    ("The bank card", lambda case: ask('"product-line" == "cards"', case), "they differ, always"),
    ("The bank card", lambda case: attributes(case, product_line="card"), "Cards asks for `cards`"),
    (
        "The bank card",
        lambda case: attributes(case, productline="cards"),
        "Cards asks for `product_line`; Dev has `productline`.",
    ),
    (
        "The bank card",
        lambda case: attributes(case, **{"product line": "cards"}),
        "Dev has `product line`.",
    ),
    ("The bank card", lambda case: ask("level > 5", case), "An expression can't name a key with a"),
    (
        "The bank card",
        lambda case: (attributes(case, line="cards"), ask('line == "cards"', case)),
        "Cards asked for `product_line`",
    ),
    ("Elif", lambda case: move(case, "Offline"), "still taken, wherever she goes"),
    (
        "Elif",
        lambda case: (later(case), move(case, "Offline"), move(case, "Available")),
        "Her place is still taken",
    ),
    ("Elif", lambda case: channel(case, capacity=2), "the forgotten one stays with her"),
    ("Elif", lambda case: earlier(case).delete(), "gone without an end"),
    ("Elif", lambda case: end(case, "wrapping"), "A Task in `wrapping` still holds her place"),
    ("The parcel", lambda case: lead(case, "Returns"), "this one still waits in Repairs"),
    (
        "The parcel",
        lambda case: case.workspace.task_queues(queue_sid(case, "Repairs")).update(
            target_workers='skills HAS "returns"'
        ),
        "Farid has it, and parcels still go to Repairs",
    ),
    ("The parcel", lambda case: attributes(case, skills=["repairs"]), "still go to Repairs"),
    (
        "The parcel",
        lambda case: lead(case, "Everything else", re_evaluate_tasks="true"),
        "Which target chose it?",
    ),
    ("The parcel", add_target, "Returns is never reached: Repairs has no timeout."),
    (
        "The parcel",
        lambda case: configure(case, lambda _: None, re_evaluate_tasks="true"),
        "take the same filter: change its target",
    ),
    ("The parcel", cancel, "You canceled the customer's Task. Open the case again."),
    (
        "The parcel",
        lambda case: (cancel(case), lead(case, "Returns"), create(case, "returns")),
        "You canceled the customer's Task. Open the case again.",
    ),
    ("The parcel", lambda case: customers_task(case).delete(), "You deleted the customer's Task."),
    (
        "The bill",
        change_topic,
        "The customer's Task left Billing: you changed its topic. Open the case again.",
    ),
    ("The gift card", default_outside, "stands inside `task_routing`, beside `filters`."),
    ("The gift card", lambda case: default(case), "create it again"),
    (
        "The gift card",
        lambda case: (add_filter(case, "gift card"), create(case)),
        "What about the next thing no filter knows?",
    ),
    (
        "The gift card",
        lambda case: (default(case, "Repairs"), create(case)),
        "leads to another TaskQueue",
    ),
    (
        "The gift card",
        lambda case: create(case, task_queue_sid=case.queue_sid),
        "What about the next thing no filter knows?",
    ),
    (
        "The gift card",
        lambda case: (default(case), create(case, "opening hours")),
        "A Task about something else arrived. The customer asked about a gift card.",
    ),
    (
        "The gift card",
        lambda case: create(case, "opening hours"),
        "A Task about something else arrived",
    ),
    (
        "The gift card",
        lambda case: (default(case), create(case, "opening hours"), create(case)),
        "complete the Task about something else",
    ),
    ("Hugo", lambda case: channel(case, capacity=1), "one fault less. Ask `explain` again."),
    ("Hugo", lambda case: ask('skills HAS "gifts"', case), "his capacity is 0: one fault less"),
    (
        "Hugo",
        lambda case: (attributes(case, skills=["Gifts"]), channel(case, capacity=1)),
        "Hugo has the Task. All other skills are in lower case",
    ),
    ("Hugo", lambda case: ask("1==1", case), "has the Task: say in the expression who"),
    (
        "Hugo",
        lambda case: (ask('skills HAS "gifts"', case), channel(case, "voice", capacity=2)),
        "its capacity is still 0",
    ),
    ("Hugo", lambda case: ask('skills HAS "Presents"', case), "repair what it names, and ask it"),
    ("Ines", lambda case: move(case, "Available"), "still hold her place"),
    ("Ines", end, "she is still away: one fault less"),
    ("Ines", lambda case: (move(case, "Available"), channel(case, capacity=2)), "stay open"),
    ("Ines", lambda case: move(case, "Unavailable"), "Two facts keep her"),
    (
        "Jonas",
        lambda case: channel(case, capacity=2),
        "Jonas is now asked about two at once, and a",
    ),
    ("Jonas", lambda case: channel(case, capacity=0), "A setting has changed. Open the case again"),
    ("Jonas", lambda case: answer(case, "rejected"), "a rejection moves no Worker. Accept it for"),
    ("Jonas", lambda case: end(case, "canceled"), "One customer helped, one lost"),
    ("Jonas", accept, "Complete that Task: this one is next"),
    (
        "Jonas",
        lambda case: case.workspace.tasks(case.task_sid).update(priority=200),
        "Jonas was asked already",
    ),
]


@pytest.mark.parametrize("name", COMPLAINTS)
def test_case_that_just_came_in_is_unsolved_and_its_solution_solves_it(lab, name):
    case = lab.open(name)
    found = repaired(case)
    assert not found.solved and found.advice
    SOLUTIONS[name](case)
    found = repaired(case)
    assert found.solved, found
    assert not repaired(lab.open(name)).solved


@pytest.mark.parametrize(
    ("name", "repair", "said"), OTHERS, ids=[f"{name}-{n}" for n, (name, *_) in enumerate(OTHERS)]
)
def test_other_repair_is_named(lab, name, repair, said):
    case = lab.open(name)
    repair(case)
    found = repaired(case)
    assert not found.solved and said in found.advice


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (cancel, "it is canceled"),
        (lambda case: customers_task(case).delete(), "it is deleted"),
        (change_topic, "its topic is another now"),
    ],
)
def test_line_says_what_became_of_the_customers_task(lab, change, line):
    case = lab.open("The bill")
    change(case)
    assert line in str(repaired(case))


@pytest.mark.parametrize(
    ("name", "repair"),
    [
        ("The bank card", lambda case: ask('product-line == "cards"', case)),
        ("Elif", lambda case: end(case, "canceled")),
        ("The gift card", create),
    ],
)
def test_refused_repair_changes_nothing(lab, name, repair):
    case = lab.open(name)
    before = repr(repaired(case))
    with pytest.raises(TwilioRestException) as refused:
        repair(case)
    assert refused.value.status == 400 and repr(repaired(case)) == before


def test_all_solved_cases_are_counted(lab):
    assert [line.right for line in complaints(lab).lines] == [False] * 10
    for name in COMPLAINTS:
        SOLUTIONS[name](lab.open(name))
        if name == "Chloe":  # the third
            assert "Enough for today: 3 of 10. The others wait." in complaints(lab).advice
    assert complaints(lab).solved


def test_completed_task_that_taskrouter_has_deleted_stays_completed(lab, emulator):
    case = lab.open("Elif")
    end(case)
    emulator.taskrouter.advance(600)
    assert not [task for task in case.tasks() if "earlier" in task.attributes]
    assert repaired(case).solved
