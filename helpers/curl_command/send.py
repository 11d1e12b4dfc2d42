"""Runs a curl command as a learner would type it in a terminal, and shows what came back.

The program curl is run without a shell, and the credentials go to it through its standard input, so
that other users of the machine cannot read them in the list of processes. Where curl is not
installed, Python sends the same request, and what is shown is the same.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from helpers.checks import InOneSentence
from helpers.curl_command.parse import Command, CurlError, parse
from helpers.session.request_log import Exchange

_FORM = "application/x-www-form-urlencoded"
_SECONDS = 30
_SHOWN_FIELDS = (
    "sid",
    "friendly_name",
    "attributes",
    "assignment_status",
    "priority",
    "task_queue_friendly_name",
    "workflow_friendly_name",
    "activity_name",
    "available",
    "reservation_status",
    "worker_name",
    "code",
    "message",
)
from helpers.session.session import Session

_NOTE = "(Sent by curl or, where curl is not installed, by Python: the same request either way.)"


class CurlFailed(InOneSentence, ConnectionError):
    """Nobody answered the request."""

    def __init__(self, asked: Command, why: str) -> None:
        parts = urlsplit(asked.url)
        super().__init__(
            f"Nobody answered at {parts.scheme}://{parts.netloc} ({why}). Is the address right, "
            "and does the server run?"
        )


@dataclass(frozen=True)
class CurlAnswer:
    """What came back: the HTTP `status`, the `text` of the body, and who sent the request."""

    status: int
    text: str
    sent_by: str
    content_type: str = ""

    def json(self) -> Any:
        """The body read as JSON. Raises ValueError when it is not."""
        return json.loads(self.text)

    def __repr__(self) -> str:
        return f"HTTP {self.status}"


def curl(session: Session, command: str) -> CurlAnswer:
    r"""Send the request of `command`, a curl command as for a terminal; print it and the answer.

    Known options: `-X`, `-d`, `--data-urlencode`, `-u`, `-s`. A line may end with a backslash.
    `$TWILIO_ACCOUNT_SID` and `$TWILIO_AUTH_TOKEN` stand for the session's credentials, which are
    sent only to the session's TaskRouter. The exchange is recorded in `session.requests`.

    Raises CurlError for a command it cannot run, CurlFailed when nobody answers, ConnectionFailed
    when the local TaskRouter cannot be started again.
    """
    asked = _with_credentials(_to_taskrouter_itself(parse(command), session), session)
    answer = _exchange(session, asked)
    token = session.client.password
    print(f"$ {command.strip().replace(token, '$TWILIO_AUTH_TOKEN')}")
    print(f"HTTP {answer.status}", *_stable_lines(answer), _NOTE, sep="\n")
    return answer


def _to_taskrouter_itself(asked: Command, session: Session) -> Command:
    """curl asks nobody who he is. A local TaskRouter that has gone is started, maybe elsewhere."""
    if not _goes_to_taskrouter(asked, session):
        return asked
    old = session.address
    session.assure()
    return replace(asked, url=asked.url.replace(old, session.address, 1))


def _with_credentials(asked: Command, session: Session) -> Command:
    names = {
        "$TWILIO_ACCOUNT_SID": session.client.username,
        "$TWILIO_AUTH_TOKEN": session.client.password,
    }
    if asked.user is None:
        return asked
    if not _goes_to_taskrouter(asked, session):
        raise CurlError(f"curl() sends credentials only to TaskRouter at {session.address}.")
    user = asked.user
    for name, value in names.items():
        user = user.replace(name, value).replace(f"${{{name[1:]}}}", value)
    session.requests.hide(user.partition(":")[2])
    return replace(asked, user=user)


def _goes_to_taskrouter(asked: Command, session: Session) -> bool:
    return urlsplit(asked.url)[:2] == urlsplit(session.address)[:2]


def _exchange(session: Session, asked: Command) -> CurlAnswer:
    began = perf_counter()
    answer = _send(asked)
    session.requests.record(
        Exchange(
            direction="sent",
            method=asked.method,
            url=asked.url,
            status=answer.status,
            duration=perf_counter() - began,
            request_headers={"Authorization": "Basic"} if asked.user else {},
            form=parse_qsl(asked.body, keep_blank_values=True),
            response_headers={"Content-Type": answer.content_type},
            response_body=answer.text,
            sent_by=answer.sent_by,
        )
    )
    return answer


def _send(asked: Command) -> CurlAnswer:
    program = shutil.which("curl")
    return _send_by_curl(program, asked) if program else _send_by_python(asked)


def _send_by_curl(program: str, asked: Command) -> CurlAnswer:
    data = [word for piece in asked.data for word in piece]
    proxy = ["--noproxy", "*"] if _is_loopback(asked) else []
    # --disable comes first, where it keeps a ~/.curlrc from changing what the request means.
    arguments = ["--disable", "--silent", "--show-error", "--globoff", *proxy]
    arguments += ["--max-time", str(_SECONDS), "--write-out", "\n%{http_code} %{content_type}"]
    arguments += ["--config", "-", "--request", asked.method, *data, "--url", asked.url]
    done = subprocess.run(
        [program, *arguments],
        input=_configuration(asked).encode(),
        capture_output=True,
        timeout=_SECONDS + 5,
        check=False,
    )
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip()
        raise CurlFailed(asked, why)
    text, _, last = done.stdout.decode(errors="replace").rpartition("\n")
    status, _, content_type = last.partition(" ")
    return CurlAnswer(int(status), text, "curl", content_type)


def _configuration(asked: Command) -> str:
    if asked.user is None:
        return ""
    escaped = asked.user.replace("\\", "\\\\").replace('"', '\\"')
    return f'user = "{escaped}"\n'


def _send_by_python(asked: Command) -> CurlAnswer:
    with requests.Session() as http:
        http.trust_env = not _is_loopback(asked)
        if asked.user:
            name, _, secret = asked.user.partition(":")
            http.auth = (name, secret)
        try:
            answer = http.request(
                asked.method,
                asked.url,
                data=asked.body.encode() or None,
                headers={"Content-Type": _FORM} if asked.data else {},
                timeout=_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise CurlFailed(asked, type(error).__name__) from None
        content_type = answer.headers.get("Content-Type", "")
        return CurlAnswer(answer.status_code, answer.text, "requests", content_type)


def _is_loopback(asked: Command) -> bool:
    return urlsplit(asked.url).hostname in ("127.0.0.1", "localhost", "::1")


def _stable_lines(answer: CurlAnswer) -> list[str]:
    """The fields of the answer that mean something to a reader, one a line."""
    try:
        fields = answer.json()
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return [f"  {answer.text[:200]}"] if answer.text else []
    return [f"  {name}: {fields[name]}" for name in _SHOWN_FIELDS if fields.get(name) is not None]
