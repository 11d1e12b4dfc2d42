"""The host names at Twilio that transparent mode serves, and the settings that route them here.

The server and the command import this file; the rest of transparent mode loads cryptography.
"""

import shlex
from collections.abc import Mapping

HOSTNAME = "taskrouter.twilio.com"
HOSTNAMES = (HOSTNAME, "api.twilio.com")
"""api.twilio.com for the account alone, which some clients read before anything else."""


def export_lines(variables: Mapping[str, str]) -> str:
    """A sentence and the `export` commands for a terminal; empty if `variables` is empty."""
    if not variables:
        return ""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items())]
    sentence = f"It also answers as {HOSTNAME}, for programs in a terminal with these variables:"
    return "\n".join([sentence, *lines, ""])
