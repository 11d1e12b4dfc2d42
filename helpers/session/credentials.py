"""Find the credentials of a real account, in the environment or where the twilio CLI keeps them.

Never in a notebook: a cell's text is stored in the notebook's file.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_CREDENTIAL, _PLACE = "[!-~]*", "[a-zA-Z0-9-]*"
_PATTERNS = {
    **dict.fromkeys(("ACCOUNT_SID", "AUTH_TOKEN", "API_KEY", "API_SECRET"), _CREDENTIAL),
    **dict.fromkeys(("REGION", "EDGE"), _PLACE),
}


class NoCredentials(LookupError):
    """No credentials were found, or they are incomplete; the message says what to do."""


@dataclass(frozen=True)
class Credentials:
    """The credentials of one account.

    Requests carry `username` and `secret`: an API key's, or the account's SID and Auth Token.
    `auth_token` is None when only an API key is known. `region` and `edge` select another of
    Twilio's addresses. The repr contains neither secret.
    """

    account_sid: str
    username: str
    secret: str = field(repr=False)
    auth_token: str | None = field(default=None, repr=False)
    region: str | None = None
    edge: str | None = None


def find_credentials(environment: Mapping[str, str], user_folder: Path) -> Credentials:
    """Return the credentials that the twilio CLI would use, found in the same order.

    First TWILIO_ACCOUNT_SID with TWILIO_API_KEY and TWILIO_API_SECRET, or with TWILIO_AUTH_TOKEN;
    then the active profile of its `config.json`, in TWILIO_CONFIG_DIR or in `.twilio-cli` of
    `user_folder`. https://www.twilio.com/docs/twilio-cli/general-usage/profiles

    Raises NoCredentials.
    """
    _check_characters(environment)
    account_sid = environment.get("TWILIO_ACCOUNT_SID", "")
    token = environment.get("TWILIO_AUTH_TOKEN") or None
    key, secret = (environment.get(f"TWILIO_API_{part}", "") for part in ("KEY", "SECRET"))
    where = {name: environment.get(f"TWILIO_{name.upper()}") or None for name in ("region", "edge")}
    if account_sid and key and secret:
        return Credentials(account_sid, key, secret, token, **where)
    if account_sid and token:
        return Credentials(account_sid, account_sid, token, token, **where)
    given = [name for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN") if environment.get(name)]
    profile = None if given else _active_profile(environment, user_folder)
    if profile is not None:
        return profile
    missing = "TWILIO_ACCOUNT_SID" if not account_sid else "TWILIO_AUTH_TOKEN"
    raise NoCredentials(
        f"{missing} is not set{'' if given else ', and the twilio CLI has no active profile'}. "
        "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to the values in the Twilio Console, or log "
        "in with `twilio login`; never type them into a cell."
    )


def _check_characters(environment: Mapping[str, str]) -> None:
    for name, pattern in _PATTERNS.items():
        if not re.fullmatch(pattern, environment.get(f"TWILIO_{name}", "")):
            raise NoCredentials(
                f"TWILIO_{name} contains a character that no Twilio credential or region has, such as "
                "a space, a line break or a typographic quote. Set it again."
            )


def _active_profile(environment: Mapping[str, str], user_folder: Path) -> Credentials | None:
    """Return the active profile of the twilio CLI, None if it has none.

    Raises NoCredentials if its file cannot be read, or contains an invalid credential, region or edge.
    """
    folder = Path(environment.get("TWILIO_CONFIG_DIR") or user_folder / ".twilio-cli")
    file = folder / "config.json"
    try:
        kept = json.loads(file.read_text("utf-8"))
        profile = kept.get("profiles", {}).get(kept.get("activeProject"))
        if profile is None:
            return None
        values = [profile.get(name) or "" for name in ("accountSid", "apiKey", "apiSecret")]
        edge = environment.get("TWILIO_EDGE") or profile.get("edge") or kept.get("edge") or ""
        where = [profile.get("region") or "", edge]
        if not all(re.fullmatch(_CREDENTIAL, value) for value in values):
            raise ValueError("the active profile has a credential that is not text")
        if not all(re.fullmatch(_PLACE, value) for value in where):
            raise ValueError("the region or the edge is not a name")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as fault:
        raise NoCredentials(
            f"the twilio CLI's {file} cannot be used ({type(fault).__name__}: {fault}). Log in again "
            "with `twilio login`, or set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."
        ) from None
    if not all(values):
        return None
    account_sid, key, secret = values
    token = secret if key == account_sid else None
    region, edge = (value or None for value in where)
    return Credentials(account_sid, key, secret, token, region, edge)
