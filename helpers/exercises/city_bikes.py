"""The self-checks of lesson 06's Activities, Workers and TaskQueues, and of the open doors."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import wraps

from local_taskrouter.explanation.sentences import join_names
from local_taskrouter.rules.expression import Expression, ExpressionSyntaxError, parse
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.exercises.attempt import no_json, refused
from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.city_bikes import CityBikes

AGAIN = "Then run the cell again."

Read = Callable[[CityBikes], SelfCheck]


def of_step(step: str) -> Callable[[Read], Read]:
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
            found = with_refusal(lab, step, read(lab))
            if progress.step == step and progress.begun == begun:  # another thread may begin a step
                progress.found[step] = found
            return found

        return read_or_keep

    return decorate


def with_refusal(lab: CityBikes, step: str, found: SelfCheck) -> SelfCheck:
    """What `step` found, with advice about the learner's latest request if TaskRouter refused it."""
    latest, lines = refused(lab), list(found.lines)
    wrong = next((number for number, line in enumerate(lines) if not line.right), None)
    if wrong is None or lab.progress.step != step or not latest or "/Tasks" in latest.path:
        return found
    slip = no_json(lab, "configuration") or no_json(lab)
    refusal = "TaskRouter refused your latest request; its error says why."
    advice = f"{slip} {AGAIN}" if slip else f"{refusal} {lines[wrong].advice}"
    lines[wrong] = replace(lines[wrong], advice=advice)
    return SelfCheck(found.title, lines)


@refreshing
@of_step("Activities")
def has_activities(lab: CityBikes) -> SelfCheck:
    """Lesson 06: there is an Activity in which Workers get Tasks, and one in which they do not."""
    found = {str(one.friendly_name): bool(one.available) for one in lab.workspace.activities.list()}
    return SelfCheck(
        "The Activities of City Bikes",
        [
            Line(
                "At the desk is available",
                found.get("At the desk", False),
                "it is not available" if "At the desk" in found else missing("At the desk", found),
                f"You swapped the flags: exchange them. {AGAIN}"
                if not found.get("At the desk", True) and found.get("In the workshop")
                else f"Without `available` it is False, and stays False: write available=True. {AGAIN}"
                if "At the desk" in found
                else f'Create an Activity "At the desk", with available=True. {AGAIN}',
            ),
            Line(
                "In the workshop is not available",
                not found.get("In the workshop", True),
                "it is available"
                if "In the workshop" in found
                else missing("In the workshop", found),
                f'Create an Activity "In the workshop", with available=False. {AGAIN}',
            ),
        ],
    )


@refreshing
@of_step("Workers")
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
        return Line(what, False, missing(name, found), advice)
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
@of_step("TaskQueues")
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
        return Line(what, False, missing(name, queues), advice)
    expression = str(queues[name].target_workers)
    workers = space.workers.list(task_queue_sid=str(queues[name].sid))
    selected = sorted(str(worker.friendly_name) for worker in workers)
    parsed = _parsed(expression)
    too_few = parsed is not None and not parsed.matches({"skills": [skill]})
    too_many = parsed is not None and parsed.matches({"skills": [other]})
    found = f"it selects {join_names(selected or ['no Worker'])}, by {expression}"
    advice = f'Ask for the skill: skills HAS "{skill}". {AGAIN}'
    if expression == "1==1":
        advice = f"Without target_workers, `1==1` selects every Worker. {advice}"
    elif too_many:
        advice = f'A Worker with only "{other}" would be selected too. {advice}'
    elif too_few and selected == wanted:
        advice = f'One hired next year with "{skill}" would be missed. {advice}'
    elif parsed is not None and not selected and "==" in expression:
        advice = f"== compares single values, and `skills` is a list. {advice}"
    elif parsed is not None and not selected and '"' not in expression:
        advice = f"Without quotation marks, `{skill}` is a key, which no Worker has. {advice}"
    return Line(what, selected == wanted and not too_many and not too_few, found, advice)


@refreshing
@of_step("doors")
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
                else "Run the cell above: it begins the step."
                if name not in activities
                else f"Update {name} with the SID of At the desk. {AGAIN}",
            )
            for name in ("Sam", "Rosa")
        ],
    )


def _parsed(expression: str) -> Expression | None:
    try:
        return parse(expression)
    except ExpressionSyntaxError:  # real Twilio may accept more than our parser
        return None


def missing(name: str, found: Iterable[str]) -> str:
    """That there is nothing of this name, and which name is close to it."""
    folded = {each.casefold(): each for each in found}
    close = get_close_matches(name.casefold(), folded, 1)
    return f'there is "{folded[close[0]]}", not "{name}"' if close else f'there is no "{name}"'
