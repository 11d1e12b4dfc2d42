"""Mistakes in how a Task names a known Worker: in its attribute, or in the target's path to it.

https://www.twilio.com/docs/taskrouter/workflow-configuration/known-agent-routing. A text that says
what to write is right: the Task names that Worker afterwards.
"""

import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from local_taskrouter.rules.matching import NamedWorker, known_value

NEAR = 0.75
_QUOTES = "\"'`“”‘’"


def mistake_in_value(named: NamedWorker, friendly_name: str, sid: str) -> str:
    """Return why `named.value` is almost this Worker, with what to write; "" when it is not."""
    wanted, other = (sid, friendly_name) if named.field == "sid" else (friendly_name, sid)
    value = named.value
    if not named.path or not wanted or value == wanted:
        return ""
    why = _why_not(value, wanted)
    if not why and isinstance(value, str) and value == other:
        needs = "SID, and this is a name" if named.field == "sid" else "name, and this is a SID"
        why = f"known_worker_{named.field} needs a {needs}"
    if why:
        return f"{named.path} is {_shown(value)}: {why}. Write {_shown(wanted)}."
    if named.field == "friendly_name" and isinstance(value, str) and _is_near(value, wanted):
        return f"{named.path} is {_shown(value)}, and there is {_shown(wanted)}: is one misspelled?"
    return ""


def mistake_in_path(named: NamedWorker, attributes: Mapping[str, Any]) -> str:
    """Return why the target's path reads nothing of the Task, with what to write; "" if it does."""
    path, bare = named.path, named.path.strip(" {}")
    if not path or named.value is not None or (path == bare and path.startswith("task.")):
        return ""
    needs = f"known_worker_{named.field} is {_shown(path)}: it needs the path to an attribute"
    for each in (bare.removeprefix("task."), bare.partition(".")[2]):
        if each and known_value(f"task.{each}", attributes) is not None:
            return f"{needs}. Write task.{each}."
    return f"{needs} of the Task that names the Worker, such as task.agent."


def _why_not(value: Any, wanted: str) -> str:
    """Why a value that means `wanted` is not equal to it."""
    if isinstance(value, list | tuple):
        return "it must be a string" if wanted in value else ""
    if not isinstance(value, str):
        return "it must be a string" if str(value) == wanted else ""
    for same, why in (
        (str.casefold, "upper and lower case count"),
        (_composed, "an accent can be encoded in two ways, and they differ"),
        (_spaced, "spaces count"),
        (lambda text: text.strip(_QUOTES), "the quotation marks are part of it"),
        (_unaccented, "accents count"),
        (
            lambda text: _unaccented(_spaced(text.strip(_QUOTES))).casefold(),
            "every character counts",
        ),
    ):
        if same(value) == same(wanted) != "":
            return why
    return ""


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _unaccented(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(each for each in parts if not unicodedata.combining(each))


def _is_near(value: str, wanted: str) -> bool:
    return SequenceMatcher(None, value.casefold(), wanted.casefold()).ratio() >= NEAR


def _shown(value: Any) -> str:
    """The value as Python writes it; a character that combines with the one before as its code."""
    text = repr(value)
    if not any(map(unicodedata.combining, text)):
        return text
    return "".join(f"\\u{ord(each):04x}" if unicodedata.combining(each) else each for each in text)
