"""Parse a curl command as a learner types it in a terminal.

Supports the options that the lessons use, with their meaning in `man curl`.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from helpers.checks import ReadableError

_ALIASES = {"--request": "-X", "--data": "-d", "--user": "-u", "--silent": "-s"}
_WITH_VALUE = {"-X", "-d", "--data-urlencode", "-u"}


class CurlError(ReadableError, ValueError):
    """curl() cannot run the command; the message gives the reason."""


@dataclass(frozen=True)
class Command:
    """A request as curl would send it; `data` holds its pieces as (option, value)."""

    url: str
    method: str
    data: tuple[tuple[str, str], ...] = ()
    user: str | None = None

    @property
    def body(self) -> str:
        """The form as sent: `-d` unchanged, `--data-urlencode` encoded as curl does."""
        return "&".join(value if option == "-d" else _encoded(value) for option, value in self.data)


def parse(command: str) -> Command:
    """Parse `command`: the options `-X`, `-d`, `--data-urlencode`, `-u` and `-s`, and one URL.

    A line may end with a backslash. Raises CurlError for anything else.
    """
    urls: list[str] = []
    values: dict[str, str] = {}
    data: list[tuple[str, str]] = []
    for option, value in _options(_words(command)):
        if option == "url":
            urls.append(value)
        elif option in ("-d", "--data-urlencode"):
            data.append((option, _literal(option, value)))
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
    """Yield each option with its value; a word that is not an option is a "url"."""
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
            supported = "-X, -d, --data-urlencode, -u and -s"
            raise CurlError(f"curl() supports {supported}, not {word}. Use a terminal.")


def _literal(option: str, value: str) -> str:
    name = value.partition("=")[0]
    if value.startswith("@") or (option == "--data-urlencode" and "@" in name):
        raise CurlError(f"curl() does not read data from a file ({value}). Use a terminal.")
    return value


def _encoded(value: str) -> str:
    name, equals, content = value.partition("=")
    if not equals:
        return quote(value, safe="")
    return f"{name}={quote(content, safe='')}" if name else quote(content, safe="")
