"""The exercise of lesson 07."""

from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.workspace import PreparedWorkspace


@refreshing
def away_not_gone(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 07: the timeout Activity is Unavailable, and the default Activity is unchanged."""
    settings = lab.workspace.fetch()
    timeout, default = settings.timeout_activity_name, settings.default_activity_name
    return SelfCheck(
        "Away, not gone",
        [
            Line(
                "A Worker who does not answer becomes Unavailable",
                timeout == "Unavailable",
                f"the timeout Activity is {timeout}",
                "The Workspace has a setting for this: update it.",
            ),
            Line(
                "A new Worker still begins Offline",
                default == "Offline",
                f"the default Activity is {default}",
                "Set default_activity_sid back to lab.offline_sid: it is for new Workers.",
            ),
        ],
    )
