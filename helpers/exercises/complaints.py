"""The self-checks of the ten complaints: what a repair did, and what it left as it was."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from helpers.exercises.case_state import UNKNOWN_TOPIC, CaseState, read_case
from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.complaints_workspace import Case, ComplaintsWorkspace

Lines = list[tuple[str, bool, str]]
"""What each line of a self-check says, whether it is right, and what is there instead."""

_ENOUGH = 3  # solved cases for one morning


@refreshing
def repaired(case: Case) -> SelfCheck:
    """Lesson 08: the case's customer is helped, and so is the next one."""
    found = read_case(case)
    complaint = case.complaint
    attributes, judge = _CASES[complaint.name]
    lines, said = judge(found)
    selects_all = found.selects({})
    if selects_all:
        has_it = f", and {found.holder} has the Task" if found.holder and not found.held else ""
        said = f"Every Worker is selected now{has_it}: say in the expression who does this work."
    if found.task_has_ended:
        said = f"You {found.task_status} the customer's Task. Open the case again."
    elif found.task_status == "moved":
        said = f"The customer's Task left {complaint.queue}: you changed its topic. Open the case again."
    if found.untouched:
        said = "Choose the cause, look with `explain`, and write the repair in this cell."
    selects = (
        f"The TaskQueue {complaint.queue} selects Workers who do this work, and no others",
        found.selects(attributes) and not selects_all,
        f"its expression is `{found.expression}`",
    )
    helped = (f"{complaint.worker} has the customer's Task", found.held, _where(found))
    # The other lines would name the fault to a learner who has not found it.
    shown = [helped, selects, *lines] if found.held else [helped]
    return SelfCheck(complaint.name, [Line(*line, said) for line in shown])


@refreshing
def complaints(lab: ComplaintsWorkspace) -> SelfCheck:
    """Lesson 08: which of the ten cases are solved."""
    checks = [repaired(lab.case(name)) for name in _CASES]
    solved = sum(check.solved for check in checks)
    if solved < _ENOUGH:
        said = "Three are enough. Choose one that you haven't tried."
    else:
        said = f"Enough for today: {solved} of {len(checks)}. The others wait."
    return SelfCheck(
        "Ten complaints",
        [Line(check.title, check.solved, "open", said) for check in checks],
    )


def _where(found: CaseState) -> str:
    if found.holder:
        return f"{found.holder} has it"
    if not found.task_status:
        return "there is no Task"
    if found.task_status == "moved":
        return "its topic is another now"
    return "it waits" if found.task_status == "pending" else f"it is {found.task_status}"


def _bill(found: CaseState) -> tuple[Lines, str]:
    if found.held:
        said = (
            "Ana has the Task, and all other Workers have `skills`: the next one hired is missed. "
            "Repair the TaskQueue."
        )
    elif re.search(r"\bskills\b(?!\s+HAS\s+[\"'])", found.expression, re.IGNORECASE):
        said = (
            "The key is right now. A list is searched with HAS, for a whole value in quotation marks: "
            "`skills HAS ...`."
        )
    else:
        said = "Compare the TaskQueue's expression with Ana's attributes, letter by letter."
    return [], said


def _ben(found: CaseState) -> tuple[Lines, str]:
    languages = found.attributes.get("languages")
    is_list = isinstance(languages, list)
    if not found.selects({"languages": ["es"]}):
        if found.held:
            said = (
                "It works for Ben and keeps out every Worker with a list. Put "
                '`languages HAS "es"` back and change his attributes.'
            )
        else:
            said = 'Put `languages HAS "es"` back: it is right for every Worker with a list.'
    elif languages is None and found.attributes:
        key = next(iter(found.attributes))
        said = f"The TaskQueue asks for `languages`; Ben has `{key}`."
    elif is_list:
        said = "Ben's list has no `es`. Upper and lower case count."
    elif found.held:
        said = "Ben has the Task. The next expression with HAS misses him: make his text a list."
    else:
        said = "HAS looks into a list. What do Ben's attributes hold?"
    return [("Ben's languages are a list", is_list, f"they are `{json.dumps(languages)}`")], said


def _chloe(found: CaseState) -> tuple[Lines, str]:
    level = found.attributes.get("level")
    is_number = isinstance(level, int | float) and not isinstance(level, bool)
    if found.selects({"level": "7"}) and not any(found.selects({"level": each}) for each in "5689"):
        said = "It finds the text 7 and no other level sent as text: make Chloe's level a number."
    elif found.selects({"level": "7"}):
        said = (
            'As texts, `"10"` comes before `"5"`, so level 10 is no senior. Twilio advises against '
            "mixing types: make Chloe's level a number."
        )
    elif isinstance(level, list):
        said = "Chloe's level must be a number, not a list."
    elif is_number:
        said = f"The expression asks for 5 or more, and Chloe is level 7; now she has `{level}`."
    else:
        said = (
            "Look at `level` in the expression and in Chloe's attributes, quotation marks included."
        )
    line = (
        "Chloe's level is the number 7",
        is_number and level == 7,
        f"it is `{json.dumps(level)}`",
    )
    return [line], said


def _bank_card(found: CaseState) -> tuple[Lines, str]:
    value = found.attributes.get("product_line")
    if '"product-line"' in found.expression or "'product-line'" in found.expression:
        said = "Two texts are compared; they differ, always. Rename Dev's key instead."
    elif value is not None:
        said = f"Dev's `product_line` is `{json.dumps(value)}`; Cards asks for `cards`."
    elif found.held:
        said = "Dev has the Task. Cards asked for `product_line`, as all of the shop does: keep it."
    elif others := [key for key in found.attributes if key != "product-line"]:
        said = f"Cards asks for `product_line`; Dev has `{others[0]}`."
    else:
        said = "An expression can't name a key with a hyphen: rename Dev's key."
    return [
        (
            "Dev's attributes have `product_line`, with the value `cards`",
            value == "cards",
            f"they are `{json.dumps(found.attributes)}`",
        )
    ], said


def _elif(found: CaseState) -> tuple[Lines, str]:
    if found.ended_as == "deleted":
        said = "The earlier Task is gone without an end. Open the case again, and complete it."
    elif found.ended_as == "wrapping":
        said = "A Task in `wrapping` still holds her place: complete it."
    elif found.held:
        said = "She has the Task, and the forgotten one stays with her: complete it."
    elif not found.worker.available:
        said = (
            "Her place is still taken, wherever she goes. Bring her back, and end the earlier Task."
        )
    else:
        said = "Her place is still taken. Look for the Task she accepted this morning, and complete it."
    return [_earlier_line(found)], said


def _parcel(found: CaseState) -> tuple[Lines, str]:
    queue, task = found.leads_to("returns"), found.task
    leads = queue == found.case.queue_sid
    is_there = task is not None and task.task_queue_sid == found.case.queue_sid
    if leads and not is_there:
        said = (
            "The next parcel will arrive; this one still waits in Repairs. Update the Workflow with "
            '`re_evaluate_tasks="true"`.'
        )
    elif found.held:
        said = "Farid has it, and parcels still go to Repairs: change the target."
    elif _is_behind(found):
        said = "Returns is never reached: Repairs has no timeout. Change the first target."
    elif found.re_evaluated and found.leads_as_before:
        said = "The Tasks enter again and take the same filter: change its target."
    elif not queue:
        said = "No filter takes parcels now. Keep the filter, and change the `queue` of its target."
    else:
        said = (
            "Compare the Task's TaskQueue with the one that selects Farid. Which target chose it?"
        )
    in_queue = f"it is in {task.task_queue_friendly_name}" if task else "it is gone"
    return [
        ("The Workflow leads parcels to Returns", leads, "it leads them elsewhere"),
        ("The customer's Task is in Returns", is_there, in_queue),
    ], said


def _is_behind(found: CaseState) -> bool:
    """Whether the right TaskQueue comes after a target that a Task never leaves."""
    targets = found.routing.filters[0].targets if found.routing and found.routing.filters else ()
    stays = bool(targets) and targets[0].timeout is None and targets[0].skip_if is None
    return stays and any(target.queue == found.case.queue_sid for target in targets[1:])


def _gift_card(found: CaseState) -> tuple[Lines, str]:
    queue = found.leads_to(UNKNOWN_TOPIC)
    arrives = queue == found.case.queue_sid
    if "default_filter" in json.loads(found.configuration):
        said = "`default_filter` stands inside `task_routing`, beside `filters`."
    elif found.strays and found.task is None:
        said = "A Task about something else arrived. The customer asked about a gift card."
    elif found.strays and not found.held:
        said = "The customer's Task waits: complete the Task about something else, which Gina has."
    elif arrives and found.task is None:
        said = "The next one will arrive. The refused one doesn't exist: create it again."
    elif queue and not arrives:
        said = "The default filter leads to another TaskQueue; Gina is in Everything else."
    elif found.task:
        said = "Gift cards arrive. What about the next thing no filter knows?"
    else:
        said = "Ask `explain` about the attributes. Which part of a Workflow takes what no filter takes?"
    instead = "it goes to another TaskQueue" if queue else "TaskRouter refuses it"
    return [("A Task that no filter fits goes to Everything else", arrives, instead)], said


def _hugo(found: CaseState) -> tuple[Lines, str]:
    capacity = found.capacities["default"]
    matches = found.selects(found.attributes)
    others = [size for name, size in found.capacities.items() if name != "default"]
    if matches and "Gifts" in str(found.attributes):
        has_it = "Hugo has the Task." if found.held else "Hugo matches."
        said = f"{has_it} All other skills are in lower case: repair the TaskQueue."
    elif not capacity and any(size != 1 for size in others):
        said = "The Task is on the channel *default*, and its capacity is still 0."
    elif matches:
        said = (
            "He matches and his capacity is 0: one fault less. Ask `explain` again: the first had "
            "hidden the second."
        )
    elif capacity:
        said = "He has room and still doesn't match: one fault less. Ask `explain` again."
    else:
        said = "Ask `explain`, repair what it names, and ask it again."
    return [("Hugo has room", capacity > 0, f"his capacity is {capacity}")], said


def _ines(found: CaseState) -> tuple[Lines, str]:
    available = bool(found.worker.available)
    if found.ended_as == "deleted":
        said = "Her notes are gone without an end. Open the case again, and complete that Task."
    elif found.held:
        said = "She has the Task, and her notes from yesterday stay open: complete them."
    elif available:
        said = "She is back; her notes from yesterday still hold her place."
    elif found.has_ended:
        said = "Her place is free, and she is still away: one fault less."
    else:
        said = "Two facts keep her from the Task. Read her row in the evidence again."
    return [
        ("Ines is available", available, f"she is {found.worker.activity_name}"),
        _earlier_line(found),
    ], said


def _jonas(found: CaseState) -> tuple[Lines, str]:
    capacity, task = found.capacities["default"], found.task
    priority = task.priority if task else 0
    if capacity != 1:
        asked = "Jonas is now asked about two at once, and a" if capacity > 1 else "A"
        said = (
            f"{asked} setting has changed. Open the case again, and let him finish the urgent Task."
        )
    elif found.ended_as in ("canceled", "deleted"):
        said = "One customer helped, one lost. Open the case again."
    elif priority:
        said = "Priority orders Tasks that wait. Jonas was asked already: let him answer."
    elif found.ended_as == "reserved" and found.rejected:
        said = (
            "He was asked about the urgent Task again at once: a rejection moves no Worker. Accept it "
            "for him."
        )
    elif found.ended_as == "reserved":
        said = "Jonas is being asked about another Task, which has the priority 100. Accept that Reservation for him, then complete its Task."
    else:
        said = "Jonas talks to the urgent customer. Complete that Task: this one is next."
    return [
        _earlier_line(found),
        ("Jonas takes one Task at a time", capacity == 1, f"his capacity is {capacity}"),
        ("The customer's Task has the priority 0", not priority, f"it is {priority}"),
    ], said


def _earlier_line(found: CaseState) -> tuple[str, bool, str]:
    return "The earlier Task is completed", found.has_ended, f"it is {found.ended_as}"


_CASES: dict[str, tuple[Mapping[str, Any], Callable[[CaseState], tuple[Lines, str]]]] = {
    "The bill": ({"skills": ["billing"]}, _bill),
    "Ben": ({"languages": ["es"]}, _ben),
    "Chloe": ({"level": 10}, _chloe),
    "The bank card": ({"product_line": "cards"}, _bank_card),
    "Elif": ({"skills": ["orders"]}, _elif),
    "The parcel": ({"skills": ["returns"]}, _parcel),
    "The gift card": ({"skills": ["general"]}, _gift_card),
    "Hugo": ({"skills": ["gifts"]}, _hugo),
    "Ines": ({"shift": "night"}, _ines),
    "Jonas": ({"skills": ["advice"]}, _jonas),
}
"""The attributes of a Worker who does the work, and the judge, by case."""
