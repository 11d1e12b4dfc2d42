"""Parse a curl command as a learner types it in a terminal.

Supports the options that the lessons use, with their meaning in `man curl`. No part of the command
reaches curl as an option or as a line of its configuration: the result holds a method, a URL and a
body, checked character by character.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_ALIASES = {"--request": "-X", "--data": "-d", "--user": "-u", "--silent": "-s"}
_WITH_VALUE = {"-X", "-d", "--data-urlencode", "-u"}
_LARGEST = 30_000  # bytes; Windows allows 32,767 characters in the command of a process
_LONGEST_SHOWN = 80
_URL = re.compile(r"(?i:https?)://([\w.-]+|\[[\da-fA-F:.]+\])(:\d{1,5})?([/?#][!-~]*)?", re.ASCII)
_UNSENDABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class CurlError(ValueError):
    """curl() cannot run the command; the message gives the reason."""


@dataclass(frozen=True)
class Command:
    """A request as curl would send it. `body` is the form, None without one.

    `url` consists of ASCII characters without spaces and has no credentials; neither `body` nor
    `user`, a name and a password with a colon between them, contains a control character.
    """

    url: str
    method: str
    body: str | None = None
    user: str | None = None

    @property
    def origin(self) -> str:
        """The URL's scheme and authority: "http://127.0.0.1:8790"."""
        return "{}://{}".format(*urlsplit(self.url)[:2])


def parse(command: str) -> Command:
    """Parse `command`: the options `-X`, `-d`, `--data-urlencode`, `-u` and `-s`, and one URL.

    A line may end with a backslash. Raises CurlError for anything else.
    """
    _check_size(len(command))
    urls: list[str] = []
    values: dict[str, str] = {}
    data: list[str] = []
    for option, value in _options(_words(command)):
        if option == "url":
            urls.append(value)
        elif option in ("-d", "--data-urlencode"):
            data.append(_literal(option, value))
        else:
            values[option] = value
    if len(urls) != 1:
        raise CurlError(
            f"curl() needs exactly one http:// or https:// URL, not {len(urls) or 'none'}."
        )
    body, user = "&".join(data) if data else None, values.get("-u")
    method = values.get("-X", "GET" if body is None else "POST").upper()
    if not re.fullmatch("[A-Z]{1,20}", method):
        raise CurlError(f"{_start(method)} is not an HTTP method. Use GET, POST or DELETE.")
    if user is not None and ":" not in user:
        raise CurlError(f"curl() cannot ask for a password. Write -u {_start(user)}:PASSWORD.")
    _check_size(len((body or "").encode()))
    return Command(_checked_url(urls[0]), method, body, user)


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command.replace("\\\r\n", " ").replace("\\\n", " "))
    except ValueError as error:
        raise CurlError(f"This command cannot be read: {error}. Is a quote missing?") from None
    if words[:1] != ["curl"]:
        raise CurlError('The command must begin with "curl".')
    for found in filter(None, map(_UNSENDABLE.search, words)):
        raise CurlError(
            f"A value contains the character {found[0]!r}, which curl() does not send. Write each "
            "value on one line, without control characters."
        )
    return words[1:]


def _check_size(size: int) -> None:
    if size > _LARGEST:
        raise CurlError(
            f"This request has {size:,} bytes, but curl() sends at most {_LARGEST:,}. Use the SDK."
        )


def _checked_url(url: str) -> str:
    try:
        if _URL.fullmatch(url):
            urlsplit(url)  # also checks the digits of an IPv6 address
            return url
    except ValueError:
        pass
    raise CurlError(
        f"curl() cannot use the URL {_start(url)}: it must look like http://127.0.0.1:8790/v1, in ASCII "
        "characters without spaces. Write credentials after -u, and any other character as %XX."
    )


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
            raise CurlError(f"curl() supports {supported}, not {_start(word)}. Use a terminal.")


def _literal(option: str, value: str) -> str:
    """Return a piece of the form: `-d` unchanged, `--data-urlencode` encoded as curl does."""
    name, equals, content = value.partition("=")
    if value.startswith("@") or (option == "--data-urlencode" and "@" in name):
        raise CurlError(f"curl() does not read data from a file ({_start(value)}). Use a terminal.")
    if option == "-d":
        return value
    if not equals:
        return quote(value, safe="")
    return f"{name}={quote(content, safe='')}" if name else quote(content, safe="")


def _start(value: str) -> str:
    return value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
