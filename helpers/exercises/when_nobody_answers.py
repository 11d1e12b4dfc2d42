"""The exercise of lesson 06: where TaskRouter sends a Worker who does not answer."""

from helpers.exercises.self_check import Line, SelfCheck
from helpers.lessons.workspace import PreparedWorkspace


def away_not_gone(lab: PreparedWorkspace) -> SelfCheck:
    """Whether the timeout Activity is Unavailable, and the default Activity as it was."""
    settings = lab.workspace.fetch()
    timeout, default = settings.timeout_activity_name, settings.default_activity_name
    return SelfCheck(
        "Away, not gone",
        [
            Line(
                "Who does not answer becomes Unavailable",
                timeout == "Unavailable",
                f"the timeout Activity is {timeout}",
                "The Workspace has a setting for it: update that.",
            ),
            Line(
                "A new Worker still begins Offline",
                default == "Offline",
                f"the default Activity is {default}",
                "Set default_activity_sid back to lab.offline_sid: it is for new Workers.",
            ),
        ],
    )
