"""TaskRouter's host name at Twilio, and the settings that route it to this machine.

The server and the command import this file; the rest of transparent mode loads cryptography.
"""

import shlex
from collections.abc import Mapping

HOSTNAME = "taskrouter.twilio.com"


def export_lines(variables: Mapping[str, str]) -> str:
    """A sentence and the `export` commands for a terminal; empty if `variables` is empty."""
    if not variables:
        return ""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items())]
    sentence = f"It also answers as {HOSTNAME}, for programs in a terminal with these variables:"
    return "\n".join([sentence, *lines, ""])
