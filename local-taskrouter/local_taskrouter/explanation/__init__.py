"""Why a Task is where it is, found out from what the REST API shows.

It needs only a `twilio` Client, so it works with real Twilio too:

    from local_taskrouter.explanation import explain
    print(explain(client, "WT…"))

    explain      the function itself: finds the Task and puts the explanation together
    gathering    reads the evidence through the client, each resource at most once
    evidence     what was read, and the step of the Workflow at which the Task waits
    place        the filters, the TaskQueue, the target and its time; a dry run
    candidates   each Worker judged for the Task
    verdicts     an expression judged clause by clause, with its common_mistakes
    notes        problems and fixes, sentences the reason as a sentence or in few words
    result       the Explanation: data, text and JSON
    callbacks    adds a failed Assignment Callback, which only a local TaskRouter shows

After the gathering everything is pure. The rules are those by which the local TaskRouter routes.
"""

from local_taskrouter.explanation.callbacks import with_callbacks
from local_taskrouter.explanation.explain import NoSuchTask, explain
from local_taskrouter.explanation.result import Explanation

__all__ = ["Explanation", "NoSuchTask", "explain", "with_callbacks"]
NoSuchTask.__module__ = __name__  # the name that a traceback shows is the one to import
