"""The environment variables with which a program finds a local TaskRouter.

The SDKs read account and auth token by themselves; the API key signs tokens for agents' pages. A program passes `TASKROUTER_URL` to its client, as
README shows. Twilio's SDKs change host names according to the other two, so they are empty.
"""

import shlex
from collections.abc import Mapping

from local_taskrouter.api_key import API_KEY, api_secret

URL = "TASKROUTER_URL"
NO_REGION = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}


def variables(url: str, account_sid: str, auth_token: str) -> dict[str, str]:
    """The variables of the TaskRouter at `url`."""
    return {
        URL: url,
        "TWILIO_ACCOUNT_SID": account_sid,
        "TWILIO_AUTH_TOKEN": auth_token,
        "TWILIO_API_KEY": API_KEY,
        "TWILIO_API_SECRET": api_secret(auth_token),
        **NO_REGION,
    }


def export_lines(variables: Mapping[str, str]) -> str:
    """Commands that set the variables in a POSIX shell, a line for each."""
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(variables.items())]
    return "".join(lines)
