"""Run a curl command as a learner types it in a terminal, and show the answer.

Runs curl without a shell, and passes credentials through its standard input, so that other users of
the machine cannot read them in the list of processes. Where curl is not installed, Python sends the
same request and prints the same output.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from helpers.checks import ReadableError
from helpers.curl_command.parse import Command, CurlError, parse
from helpers.session.request_log import Exchange
from helpers.session.session import Session

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
_NOTE = "(Sent by curl or, where curl is not installed, by Python: the same request either way.)"


class CurlFailed(ReadableError, ConnectionError):
    """No server answered the request."""

    def __init__(self, command: Command, reason: str) -> None:
        parts = urlsplit(command.url)
        super().__init__(
            f"No server answered at {parts.scheme}://{parts.netloc} ({reason}). Check the address, "
            "and that the server is running."
        )


@dataclass(frozen=True)
class CurlAnswer:
    """The answer: the HTTP `status`, the `text` of the body, and the program that sent the request."""

    status: int
    text: str
    sent_by: str
    content_type: str = ""

    def json(self) -> Any:
        """Parse the body as JSON. Raises ValueError if it is not."""
        return json.loads(self.text)

    def __repr__(self) -> str:
        return f"HTTP {self.status}"


def curl(session: Session, command: str) -> CurlAnswer:
    r"""Run `command`, a curl command as for a terminal; print it and the answer.

    Supports `-X`, `-d`, `--data-urlencode`, `-u` and `-s`. A line may end with a backslash.
    `$TWILIO_ACCOUNT_SID` and `$TWILIO_AUTH_TOKEN` stand for the session's credentials, which are
    sent only to the session's TaskRouter. The exchange is recorded in `session.requests`.

    Raises CurlError for a command it cannot run, CurlFailed without an answer, and ConnectionFailed
    if the local TaskRouter cannot be started again.
    """
    parsed = _with_credentials(_with_running_taskrouter(parse(command), session), session)
    answer = _exchange(session, parsed)
    _, token = _credentials(session)
    print(f"$ {command.strip().replace(token, '$TWILIO_AUTH_TOKEN')}")
    print(f"HTTP {answer.status}", *_stable_lines(answer), _NOTE, sep="\n")
    return answer


def _with_running_taskrouter(command: Command, session: Session) -> Command:
    """curl cannot verify the server, so verify and start TaskRouter first; its address may change."""
    if not _goes_to_taskrouter(command, session):
        return command
    old = session.address
    session.ensure_running()
    return replace(command, url=command.url.replace(old, session.address, 1))


def _with_credentials(command: Command, session: Session) -> Command:
    if command.user is None:
        return command
    if not _goes_to_taskrouter(command, session):
        raise CurlError(f"curl() sends credentials only to TaskRouter at {session.address}.")
    user = command.user
    for name, value in zip(("ACCOUNT_SID", "AUTH_TOKEN"), _credentials(session), strict=True):
        user = user.replace(f"$TWILIO_{name}", value).replace(f"${{TWILIO_{name}}}", value)
    session.requests.hide(user.partition(":")[2])
    return replace(command, user=user)


def _credentials(session: Session) -> tuple[str, str]:
    username, password = session.client.username, session.client.password
    assert username and password, "the SDK's client requires both"
    return username, password


def _goes_to_taskrouter(command: Command, session: Session) -> bool:
    return urlsplit(command.url)[:2] == urlsplit(session.address)[:2]


def _exchange(session: Session, command: Command) -> CurlAnswer:
    began = perf_counter()
    answer = _send(command)
    session.requests.record(
        Exchange(
            direction="sent",
            method=command.method,
            url=command.url,
            status=answer.status,
            duration=perf_counter() - began,
            request_headers={"Authorization": "Basic"} if command.user else {},
            form=parse_qsl(command.body, keep_blank_values=True),
            response_headers={"Content-Type": answer.content_type},
            response_body=answer.text,
            sent_by=answer.sent_by,
        )
    )
    return answer


def _send(command: Command) -> CurlAnswer:
    program = shutil.which("curl")
    return _send_by_curl(program, command) if program else _send_by_python(command)


def _send_by_curl(program: str, command: Command) -> CurlAnswer:
    data = [word for piece in command.data for word in piece]
    proxy = ["--noproxy", "*"] if _is_loopback(command) else []
    # --disable must come first: it stops a ~/.curlrc from changing the request.
    arguments = ["--disable", "--silent", "--show-error", "--globoff", *proxy]
    arguments += ["--max-time", str(_SECONDS), "--write-out", "\n%{http_code} %{content_type}"]
    arguments += ["--config", "-", "--request", command.method, *data, "--url", command.url]
    done = subprocess.run(
        [program, *arguments],
        input=_configuration(command).encode(),
        capture_output=True,
        timeout=_SECONDS + 5,
        check=False,
    )
    if done.returncode:
        raise CurlFailed(command, done.stderr.decode(errors="replace").strip())
    text, _, last = done.stdout.decode(errors="replace").rpartition("\n")
    status, _, content_type = last.partition(" ")
    return CurlAnswer(int(status), text, "curl", content_type)


def _configuration(command: Command) -> str:
    if command.user is None:
        return ""
    escaped = command.user.replace("\\", "\\\\").replace('"', '\\"')
    return f'user = "{escaped}"\n'


def _send_by_python(command: Command) -> CurlAnswer:
    with requests.Session() as http:
        http.trust_env = not _is_loopback(command)
        if command.user:
            name, _, secret = command.user.partition(":")
            http.auth = (name, secret)
        try:
            answer = http.request(
                command.method,
                command.url,
                data=command.body.encode() or None,
                headers={"Content-Type": _FORM} if command.data else {},
                timeout=_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise CurlFailed(command, type(error).__name__) from None
        content_type = answer.headers.get("Content-Type", "")
        return CurlAnswer(answer.status_code, answer.text, "requests", content_type)


def _is_loopback(command: Command) -> bool:
    return urlsplit(command.url).hostname in ("127.0.0.1", "localhost", "::1")


def _stable_lines(answer: CurlAnswer) -> list[str]:
    """Return the answer's fields that are worth showing, one a line."""
    try:
        fields = answer.json()
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return [f"  {answer.text[:200]}"] if answer.text else []
    return [f"  {name}: {fields[name]}" for name in _SHOWN_FIELDS if fields.get(name) is not None]
