"""Controls for a notebook. Those that send a call of the lesson show the call.

    activity_toggle(lab, worker_sid)   sets a Worker's Activity
    task_form(lab)                     creates a Task
    workers(lab)                       the Workers, each with its Activity
    tasks(lab)                         the Tasks: where each is and why it waits; cancel, complete
    reservation(lab, task_sid=None)    a Worker's desk: who asks, the time left; accept, reject
    requests(lab)                      every HTTP request, both ways; filter, send again, edit
    lifecycle(lab, task_sid=None)      the Task lifecycle, with the Task's current step highlighted
    floor(lab)                         TaskQueues, Workers, and the Tasks that move between them
    playground(lab)                    an expression to try: which Workers match, and why
    clock(lab)                         puts the local TaskRouter's clock forward

All but `task_form` update until you close them, run their cell again or stop the kernel. Those that
poll TaskRouter (all but `task_form` and `requests`) also keep the local one from stopping
when idle.
"""

from helpers.controls.activity_toggle import activity_toggle
from helpers.controls.clock import clock
from helpers.controls.floor import floor
from helpers.controls.lifecycle import lifecycle
from helpers.controls.playground import playground
from helpers.controls.requests import requests
from helpers.controls.reservation import reservation
from helpers.controls.task_form import task_form
from helpers.controls.tasks import tasks
from helpers.controls.workers import workers

__all__ = [
    "activity_toggle",
    "clock",
    "floor",
    "lifecycle",
    "playground",
    "requests",
    "reservation",
    "task_form",
    "tasks",
    "workers",
]
