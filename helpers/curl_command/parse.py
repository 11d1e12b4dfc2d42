"""A curl command as a learner types it in a terminal, taken apart.

Known are the options of the lesson, with the meaning that `man curl` gives them.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from helpers.checks import InOneSentence

_ALIASES = {"--request": "-X", "--data": "-d", "--user": "-u", "--silent": "-s"}
_WITH_VALUE = {"-X", "-d", "--data-urlencode", "-u"}


class CurlError(InOneSentence, ValueError):
    """The command is not one that curl() can run; the message says why."""


@dataclass(frozen=True)
class Command:
    """A request as curl would send it: `data` are its pieces as (option, value)."""

    url: str
    method: str
    data: tuple[tuple[str, str], ...] = ()
    user: str | None = None

    @property
    def body(self) -> str:
        """The form that travels: `-d` as it stands, `--data-urlencode` encoded as curl does."""
        return "&".join(value if option == "-d" else _encoded(value) for option, value in self.data)


def parse(command: str) -> Command:
    """Take `command` apart: options `-X`, `-d`, `--data-urlencode`, `-u`, `-s`, and one URL.

    A line may end with a backslash. Raises CurlError for anything else.
    """
    urls: list[str] = []
    values: dict[str, str] = {}
    data: list[tuple[str, str]] = []
    for option, value in _options(_words(command)):
        if option == "url":
            urls.append(value)
        elif option in ("-d", "--data-urlencode"):
            data.append((option, _not_from_a_file(option, value)))
        else:
            values[option] = value
    if len(urls) != 1 or urlsplit(urls[0]).scheme not in ("http", "https"):
        raise CurlError(f"curl() needs exactly one http:// or https:// URL, not {urls or 'none'}.")
    method = values.get("-X", "POST" if data else "GET").upper()
    return Command(urls[0], method, tuple(data), values.get("-u"))


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command.replace("\\\r\n", " ").replace("\\\n", " "))
    except ValueError as error:
        raise CurlError(f"This command cannot be read: {error}. Is a quote missing?") from None
    if words[:1] != ["curl"]:
        raise CurlError('The command must begin with "curl".')
    return words[1:]


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Each option with its value; a word that is no option is a "url"."""
    rest = iter(words)
    for word in rest:
        option = _ALIASES.get(word, word)
        if not word.startswith("-"):
            yield "url", word
        elif option == "-s":
            continue
        elif option in _WITH_VALUE:
            value = next(rest, None)
            if value is None:
                raise CurlError(f"{word} needs a value.")
            yield option, value
        elif word[:2] in _WITH_VALUE and not word.startswith("--"):
            yield word[:2], word[2:]
        else:
            known = "-X, -d, --data-urlencode, -u and -s"
            raise CurlError(f"curl() knows the options {known}, not {word}. Use a terminal.")


def _not_from_a_file(option: str, value: str) -> str:
    name = value.partition("=")[0]
    if value.startswith("@") or (option == "--data-urlencode" and "@" in name):
        raise CurlError(f"curl() does not read data from a file ({value}). Use a terminal.")
    return value


def _encoded(value: str) -> str:
    name, equals, content = value.partition("=")
    if not equals:
        return quote(value, safe="")
    return f"{name}={quote(content, safe='')}" if name else quote(content, safe="")
