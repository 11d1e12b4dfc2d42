"""The exercise of lesson 00: attributes that bring Carla Tasks in Spanish, and none in English."""

from local_taskrouter.rules.expression import parse
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING
from local_taskrouter.rules.scope import Attributes, read_attributes
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.exercises.attempt import no_json, refused
from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.workspace import ENGLISH, SPANISH, TASK_QUEUES, WORKERS, PreparedWorkspace

_START = "Run the first cell of the exercise, then your line."


@refreshing
def carlas_first_day(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 00: Carla is asked about the second Task in Spanish, and matches none in English."""
    workers = {worker.friendly_name: worker for worker in lab.workspace.workers.list()}
    carla = workers.get("Carla")
    text = str(carla.attributes) if carla else ""
    attributes = read_attributes(text)
    found = f"her attributes are {text}" if carla else "there is no Worker called Carla"
    return SelfCheck(
        "Carla's first day",
        [
            Line(
                "Tasks in Spanish can reach Carla",
                parse(TASK_QUEUES[SPANISH]).matches(attributes),
                found,
                _slip(lab, attributes, workers) if carla else _START,
            ),
            Line(
                "No Task in English can reach her",
                carla is not None and not parse(TASK_QUEUES[ENGLISH]).matches(attributes),
                found,
                "Tasks in English would reach Carla, too: leave out what she doesn't speak.",
            ),
            Line(
                "She is asked about the Task that waited",
                carla is not None and _is_asked(lab, str(carla.sid)),
                f"she is {carla.activity_name} and has no Reservation" if carla else found,
                f"Carla must be Idle while a Task in Spanish waits. {_START}",
            ),
        ],
    )


def _slip(
    lab: PreparedWorkspace, attributes: Attributes, workers: dict[str | None, WorkerInstance]
) -> str:
    """What to do about attributes that do not match the Spanish TaskQueue."""
    if advice := no_json(lab):
        return advice
    latest = refused(lab)
    if latest and latest.parameters.get("FriendlyName") == "Carla":
        return "Carla exists: update her."
    languages = attributes.get("languages")
    if isinstance(languages, str):
        return '`languages` is a text. HAS looks into a list: `["es"]`.'
    if isinstance(languages, list):
        spanish = {"es", "spanish", "español"} & {str(each).casefold() for each in languages}
        if spanish:
            return "Tasks and TaskQueues say `es`; upper and lower case count."
        return 'The TaskQueue asks for `"es"`, which is not in the list.'
    if attributes:
        return f"The TaskQueue asks for `languages`; Carla has `{next(iter(attributes))}`."
    for name, declared in WORKERS.items():
        if name in workers and read_attributes(str(workers[name].attributes)) != declared:
            return f"You have changed {name}. {_START}"
    return (
        "Write Carla's attributes, and send them with `update(attributes=…)`: Alice's are a model, "
        "but Carla doesn't speak English."
    )


def _is_asked(lab: PreparedWorkspace, worker_sid: str) -> bool:
    """Whether the Worker holds a Task of the Spanish TaskQueue."""
    held = {
        reservation.task_sid
        for reservation in lab.workspace.workers(worker_sid).reservations.list()
        if reservation.reservation_status in RESERVATION_HOLDING
    }
    tasks = lab.workspace.tasks.list(task_queue_sid=lab.spanish_queue_sid)
    return any(task.sid in held for task in tasks)
