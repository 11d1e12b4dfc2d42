"""What an explanation adds for a local TaskRouter, which shows its Assignment Callbacks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from local_taskrouter.explanation.result import Explanation

_UNANSWERED = ("pending", "reserved", "canceled")


def with_callbacks(
    explanation: Explanation, deliveries: Sequence[Mapping[str, Any]]
) -> Explanation:
    """Add to the sentence why the Task's last Assignment Callback failed, if no Worker has the Task.

    `deliveries` are those of its Assignment Callbacks, oldest first, as GET /emulator/deliveries
    returns them.
    """
    if explanation.assignment_status not in _UNANSWERED or not deliveries:
        return explanation
    last = deliveries[-1]
    if last["state"] != "failed":
        return explanation
    names = {each.sid: each.friendly_name for each in explanation.candidates}
    name = names.get(last["callback"]["parameters"]["WorkerSid"], "a deleted Worker")
    code, alert = last["attempts"][-1]["alert"]
    failed = f"The Assignment Callback for {name} failed (alert {code}): {alert.rstrip('.')}."
    return replace(explanation, sentence=f"{explanation.sentence} {failed}")
