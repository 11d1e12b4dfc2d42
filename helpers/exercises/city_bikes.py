"""The self-checks of lesson 06: each part of City Bikes, and a repair that escalates."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import wraps
from typing import Any

from local_taskrouter.explanation.sentences import join_names
from local_taskrouter.rules.expression import Expression, ExpressionSyntaxError, parse
from local_taskrouter.rules.workflow import (
    Configuration,
    ConfigurationError,
    Target,
    read_configuration,
)
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.city_bikes import EXERCISE, CityBikes

AGAIN = "Then run the cell again."
SECONDS = 60
_REPAIR, _SALE = {"topic": "repair"}, {"topic": "sale"}
_REST = ({"topic": "parking"}, {})

Read = Callable[[CityBikes], SelfCheck]


def _of_step(step: str) -> Callable[[Read], Read]:
    """Make a self-check keep what it found last, once another step has begun.

    That step builds what this one should have built, which is not the learner's work.
    """

    def decorate(read: Read) -> Read:
        @wraps(read)
        def read_or_keep(lab: CityBikes) -> SelfCheck:
            progress = lab.progress
            begun = progress.begun
            if progress.step != step and step in progress.found:
                return progress.found[step]
            found = read(lab)
            if progress.step == step and progress.begun == begun:  # another thread may begin a step
                progress.found[step] = found
            return found

        return read_or_keep

    return decorate


@refreshing
@_of_step("Activities")
def has_activities(lab: CityBikes) -> SelfCheck:
    """Lesson 06: there is an Activity in which Workers get Tasks, and one in which they do not."""
    found = {str(one.friendly_name): bool(one.available) for one in lab.workspace.activities.list()}
    return SelfCheck(
        "The Activities of City Bikes",
        [
            Line(
                "At the desk is available",
                found.get("At the desk", False),
                "it is not available" if "At the desk" in found else _missing("At the desk", found),
                f"Without `available` it is False, and stays False: write available=True. {AGAIN}"
                if "At the desk" in found
                else f'Create an Activity "At the desk", with available=True. {AGAIN}',
            ),
            Line(
                "In the workshop is not available",
                not found.get("In the workshop", True),
                "it is available"
                if "In the workshop" in found
                else _missing("In the workshop", found),
                f'Create an Activity "In the workshop", with available=False. {AGAIN}',
            ),
        ],
    )


@refreshing
@_of_step("Workers")
def has_workers(lab: CityBikes) -> SelfCheck:
    """Lesson 06: Sam sells, Rosa repairs and sells, and both are Offline."""
    found = {str(one.friendly_name): one for one in lab.workspace.workers.list()}
    absent = [name for name in ("Sam", "Rosa") if name not in found]
    early = [name for name, worker in found.items() if worker.available]
    return SelfCheck(
        "The Workers of City Bikes",
        [
            _skills("Sam sells", "Sam", ["sales"], found),
            _skills("Rosa repairs and sells", "Rosa", ["repair", "sales"], found),
            Line(
                "Neither of them gets Tasks yet",
                not absent and not early,
                f"{early[0]} is {found[early[0]].activity_name}"
                if early
                else f"there is no {' or '.join(absent)}",
                f"Leave the Activity out: the doors open later. {AGAIN}",
            ),
        ],
    )


def _skills(what: str, name: str, wanted: list[str], found: Mapping[str, WorkerInstance]) -> Line:
    worker = found.get(name)
    if worker is None:
        advice = f'Create a Worker "{name}", with JSON text as attributes. {AGAIN}'
        return Line(what, False, _missing(name, found), advice)
    attributes = json.loads(worker.attributes or "{}")
    skills = attributes.get("skills")
    right = isinstance(skills, list) and sorted(map(str, skills)) == wanted
    listed = json.dumps(wanted)
    advice = f'The attributes should be {{"skills": {listed}}}.'
    if isinstance(skills, str):
        advice = f"`skills` is a text. HAS looks into a list: {listed}."
    elif "skills" not in attributes and (key := next(iter(attributes), "")):
        advice = f"The TaskQueues will ask for `skills`; {name} has `{key}`."
    elif isinstance(skills, list) and name == "Sam" and "repair" in skills:
        advice = "Repairs would reach Sam, who only sells."
    return Line(what, right, f"the attributes are {worker.attributes}", f"{advice} {AGAIN}")


@refreshing
@_of_step("TaskQueues")
def has_task_queues(lab: CityBikes) -> SelfCheck:
    """Lesson 06: Repairs selects Workers who repair, Front desk selects those who sell."""
    return SelfCheck(
        "The TaskQueues of City Bikes",
        [
            _selects(lab, "Repairs", ["Rosa"], "repair", "sales"),
            _selects(lab, "Front desk", ["Rosa", "Sam"], "sales", "repair"),
        ],
    )


def _selects(lab: CityBikes, name: str, wanted: list[str], skill: str, other: str) -> Line:
    """Whether a TaskQueue selects the Workers `wanted`, and not every Worker with `other`."""
    space = lab.workspace
    queues = {str(one.friendly_name): one for one in space.task_queues.list()}
    what = f"{name} selects {join_names(wanted)}, for {'what they' if wanted[1:] else 'what she'} can do"
    if name not in queues:
        advice = f'Create a TaskQueue "{name}" with target_workers. {AGAIN}'
        return Line(what, False, _missing(name, queues), advice)
    expression = str(queues[name].target_workers)
    workers = space.workers.list(task_queue_sid=str(queues[name].sid))
    selected = sorted(str(worker.friendly_name) for worker in workers)
    parsed = _parsed(expression)
    too_many = parsed is not None and parsed.matches({"skills": [other]})
    found = f"it selects {join_names(selected or ['no Worker'])}, by {expression}"
    advice = f'Ask for the skill: skills HAS "{skill}". {AGAIN}'
    if expression == "1==1":
        advice = f"Without target_workers, `1==1` selects every Worker. {advice}"
    elif too_many:
        advice = f'A Worker with only "{other}" would be selected too. {advice}'
    elif parsed is not None and not selected and "==" in expression:
        advice = f"== compares single values, and `skills` is a list. {advice}"
    elif parsed is not None and not selected and '"' not in expression:
        advice = f"Without quotation marks, `{skill}` is a key, which no Worker has. {advice}"
    return Line(what, selected == wanted and not too_many, found, advice)


@refreshing
@_of_step("Workflow")
def has_workflow(lab: CityBikes) -> SelfCheck:
    """Lesson 06: the Workflow leads repairs to Repairs, and everything else to Front desk."""
    space = lab.workspace
    workflows = space.workflows.list()
    named = [one for one in workflows if one.friendly_name == "Every request"] or workflows
    queues = {str(one.sid): str(one.friendly_name) for one in space.task_queues.list()}
    routing = _routing(named[0].configuration if named else None)
    names = [str(one.friendly_name) for one in workflows]
    count = _missing("Every request", names) if workflows else "there is none yet"
    if len(workflows) > 1:
        count = f"there are {len(workflows)}, so a Task has to say which: {join_names(names)}"
    timeout = named[0].task_reservation_timeout if named else None
    return SelfCheck(
        "The Workflow of City Bikes",
        [
            Line(
                "Every request is the only Workflow",
                names == ["Every request"],
                count,
                f'Create one Workflow, "Every request". {AGAIN}',
            ),
            _leads("repairs", "Repairs", routing, queues, _REPAIR),
            _leads("sales", "Front desk", routing, queues, _SALE),
            _leads("everything else", "Front desk", routing, queues, *_REST),
            Line(
                "A Worker has 20 minutes to answer",
                timeout == 1200,
                f"it is {timeout} seconds" if timeout else "there is no Workflow",
                f"task_reservation_timeout is a number of seconds; 120 by default. {AGAIN}",
            ),
        ],
    )


def _leads(
    kind: str,
    wanted: str,
    routing: Configuration | None,
    queues: Mapping[str, str],
    *tasks: Mapping[str, Any],
) -> Line:
    """Whether `routing` leads Tasks with each of these attributes to the TaskQueue `wanted`."""
    what = f"It leads {kind} to {wanted}"
    if routing is None:
        return Line(what, False, "there is no Workflow", "Create it first.")
    steps = [routing.first_step(attributes) for attributes in tasks]
    led = {queues.get(routing.target(step).queue, "") if step else None for step in steps}
    found = f"where they go: {join_names(sorted(filter(None, led)) or ['nowhere'])}"
    advice = f"Look at the filters, and where each leads: {kind} should go to {wanted}."
    if None in led:
        found = "TaskRouter refuses them: no filter matches, and there is no default filter"
        advice = "A customer who asks about parking is refused: write a default_filter."
    elif kind == "repairs" and routing.filters:
        advice = (
            'The first filter should be true for them: topic == "repair", with quotation marks.'
        )
    return Line(what, led == {wanted}, found, f"{advice} {AGAIN}")


@refreshing
@_of_step("doors")
def doors_are_open(lab: CityBikes) -> SelfCheck:
    """Lesson 06: both Workers are at the desk."""
    found = {str(one.friendly_name): one for one in lab.workspace.workers.list()}
    activities = {name: str(worker.activity_name) for name, worker in found.items()}
    return SelfCheck(
        "The doors are open",
        [
            Line(
                f"{name} is at the desk",
                activities.get(name) == "At the desk",
                f"{name} is {activities[name]}" if name in activities else "not there",
                f"{name} is there and gets nothing: update with the SID of At the desk. {AGAIN}"
                if activities.get(name) == "In the workshop"
                else f"Update {name} with the SID of At the desk. {AGAIN}",
            )
            for name in ("Sam", "Rosa")
        ],
    )


@refreshing
def repair_escalates(lab: CityBikes) -> SelfCheck:
    """Lesson 06: a repair that waits a minute goes on to Front desk, the waiting one included."""
    space = lab.workspace
    queues = {str(one.sid): str(one.friendly_name) for one in space.task_queues.list()}
    workflows = space.workflows.list(friendly_name="Every request")
    routing = _routing(workflows[-1].configuration if workflows else None)
    step = routing.first_step(_REPAIR) if routing else None
    targets: Sequence[Target] = ()
    if routing and step and step.filter_index is not None:
        targets = routing.filters[step.filter_index].targets
    names = [queues.get(target.queue, "") for target in targets]
    timeout = targets[0].timeout if targets else None
    limit = "without a timeout" if timeout is None else f"with a timeout of {timeout} seconds"
    configured = names[:2] == ["Repairs", "Front desk"] and timeout == SECONDS
    return SelfCheck(
        "Escalate a repair",
        [
            Line(
                "A repair waits 60 seconds in Repairs",
                names[:1] == ["Repairs"] and timeout == SECONDS,
                f"its first target is {names[0]}, {limit}" if names else "it doesn't",
                _timeout_advice(lab, names, timeout),
            ),
            Line(
                "Then it goes to Front desk",
                names[1:2] == ["Front desk"],
                f"its targets are {join_names(names)}" if names[1:] else "it has no second target",
                "`targets` is a list: the second one leads on, to the SID of Front desk."
                if timeout is None or names[1:]
                else f"After {timeout} seconds the Task is canceled, default filter or not: a target that "
                "ends needs a next one.",
            ),
            _waiting_repair(lab, configured),
        ],
    )


def _waiting_repair(lab: CityBikes, configured: bool) -> Line:
    space = lab.workspace
    what = "The repair that has waited is reserved for Sam, in Front desk"
    tasks = [one for one in space.tasks.list() if json.loads(one.attributes or "{}") == _REPAIR]
    begin = "Run the cell above once more: it begins anew, and a repair waits again."
    if not tasks:
        return Line(what, False, "it is gone", begin)
    task = tasks[-1]  # the oldest
    where, status = task.task_queue_friendly_name, task.assignment_status
    if status == "canceled":
        return Line(what, False, "it was canceled", begin)
    reservations = space.tasks(str(task.sid)).reservations.list(reservation_status="pending")
    asked = [str(one.worker_name) for one in reservations]
    found = f"it is {status}, in {where}" + (f", for {join_names(asked)}" if asked else "")
    advice = "It follows once the two lines above are right."
    if asked and where == "Repairs":
        advice = (
            f"{asked[0]} is asked, and the next repair waits again: change the Workflow. {begin}"
        )
    elif configured and where == "Repairs":
        advice = (
            "The configuration is right. The waiting Task still walks the old one: send "
            're_evaluate_tasks="true" too.'
        )
    return Line(what, where == "Front desk" and asked == ["Sam"], found, advice)


def _timeout_advice(lab: CityBikes, names: Sequence[str], timeout: int | None) -> str:
    if lab.progress.step != EXERCISE:
        return "Run the cell above: it begins the exercise."
    latest = lab.session.requests.latest_change()
    if timeout is None and latest and "TaskReservationTimeout" in latest.parameters:
        return "That is the time a Worker has to answer. A target has a `timeout` too."
    if names[:1] != ["Repairs"]:
        return "A repair begins in Repairs: leave that target the first."
    if timeout is None and names[1:]:
        return "The second target is never reached: only a timeout or `skip_if` leads on."
    if timeout is not None and timeout >= 1000 * SECONDS:
        return "That is nearly 17 hours: `timeout` is in seconds, not in milliseconds."
    advice = f"Give the first target of the filter for repairs a timeout of {SECONDS}."
    if not latest or "Configuration" not in latest.parameters:
        advice += " Changing `routing` is not enough: update the Workflow with it."
    return advice


def _routing(configuration: str | None) -> Configuration | None:
    try:
        return read_configuration(configuration) if configuration else None
    except ConfigurationError:  # real Twilio may accept more than our parser
        return None


def _parsed(expression: str) -> Expression | None:
    try:
        return parse(expression)
    except ExpressionSyntaxError:  # real Twilio may accept more than our parser
        return None


def _missing(name: str, found: Iterable[str]) -> str:
    """That there is nothing of this name, and which name is close to it."""
    folded = {each.casefold(): each for each in found}
    close = get_close_matches(name.casefold(), folded, 1)
    return f'there is "{folded[close[0]]}", not "{name}"' if close else f'there is no "{name}"'
