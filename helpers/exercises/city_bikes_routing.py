"""The self-checks of lesson 06's Workflow: where it leads a Task, and when a repair goes on."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from local_taskrouter.explanation.sentences import join_names
from local_taskrouter.rules.workflow import (
    Configuration,
    ConfigurationError,
    Target,
    read_configuration,
)

from helpers.exercises.city_bikes import AGAIN, missing, of_step, with_refusal
from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.city_bikes import EXERCISE, CityBikes

SECONDS = 60
_REPAIR, _SALE = {"topic": "repair"}, {"topic": "sale"}
_REST = ({"topic": "parking"}, {})


@refreshing
@of_step("Workflow")
def has_workflow(lab: CityBikes) -> SelfCheck:
    """Lesson 06: the Workflow leads repairs to Repairs, and everything else to Front desk."""
    space = lab.workspace
    workflows = space.workflows.list()
    named = [one for one in workflows if one.friendly_name == "Every request"] or workflows
    queues = {str(one.sid): str(one.friendly_name) for one in space.task_queues.list()}
    routing = _routing(named[0].configuration if named else None)
    names = [str(one.friendly_name) for one in workflows]
    count = missing("Every request", names) if workflows else "there is none yet"
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
        advice = _about_repairs(routing, queues)
    return Line(what, led == {wanted}, found, f"{advice} {AGAIN}")


def _about_repairs(routing: Configuration, queues: Mapping[str, str]) -> str:
    """What to do about a filter that does not lead repairs to Repairs."""
    sale = routing.first_step(_SALE)
    first, fits = routing.filters[0].expression, routing.filters[0].expression.matches(_REPAIR)
    if fits and sale and queues.get(routing.target(sale).queue) == "Repairs":
        return "Repairs and Front desk are swapped."
    if "skills" in first.text:
        return "A filter looks at the Task: it has a topic, no skills."
    if re.search(r"\btopic\s+HAS\b", first.text, re.IGNORECASE):
        return "HAS looks into a list; topic is a text: use ==."
    return 'The first filter should be true for them: topic == "repair", with quotation marks.'


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
    ends = targets[-1].timeout if targets else None
    limit = "without a timeout" if timeout is None else f"with a timeout of {timeout} seconds"
    configured = names[:2] == ["Repairs", "Front desk"] and timeout == SECONDS
    found = SelfCheck(
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
                names[1:2] == ["Front desk"] and ends is None,
                f"its targets are {join_names(names)}" if names[1:] else "it has no second target",
                f"{names[-1]} ends after {ends} more seconds and the Task is canceled: give the last "
                "target no timeout."
                if names[1:2] == ["Front desk"]
                else "`targets` is a list: the second one leads on, to the SID of Front desk."
                if timeout is None or names[1:]
                else f"After {timeout} seconds the Task is canceled, default filter or not: a target that "
                "ends needs a next one.",
            ),
            _waiting_repair(lab, configured),
        ],
    )
    return with_refusal(lab, EXERCISE, found)


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
