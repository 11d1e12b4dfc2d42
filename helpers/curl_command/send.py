"""Run a curl command as a learner types it in a terminal, and show the answer.

Runs curl without a shell, and passes credentials through its standard input, so that other users of
the machine cannot read them in the list of processes. Where curl is not installed, Python sends the
same request and prints the same output.
"""

import json
import shutil
import subprocess
from base64 import b64encode
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import requests

from helpers.curl_command.parse import Command, CurlError, parse
from helpers.session.request_log import Exchange
from helpers.session.session import Session

_FORM = "application/x-www-form-urlencoded"
_SECONDS = 30
_TOKEN = "$TWILIO_AUTH_TOKEN"
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


class CurlFailed(ConnectionError):
    """No server answered the request."""

    def __init__(self, command: Command, reason: str) -> None:
        super().__init__(
            f"No server answered at {command.origin} ({reason}). Check the address, and that the "
            "server is running."
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
    # Where the command contains the token itself, parse its variable instead.
    command = command.replace(session.client.password or _TOKEN, _TOKEN)
    parsed = _with_credentials(_with_running_taskrouter(parse(command), session), session)
    answer = _exchange(session, parsed)
    lines = [f"$ {command.strip()}", f"HTTP {answer.status}", *_stable_lines(answer), _NOTE]
    print(_masked("\n".join(lines), session))
    return answer


def _with_running_taskrouter(command: Command, session: Session) -> Command:
    """curl cannot verify the server, so verify and start TaskRouter first; its address may change."""
    if command.origin != session.address:
        return command
    session.ensure_running()
    return replace(command, url=session.address + command.url[len(command.origin) :])


def _with_credentials(command: Command, session: Session) -> Command:
    """Fill in the session's credentials; refuse to send them to any server but its TaskRouter."""
    if command.origin != session.address:
        sent = f"{command.url} {command.body}"
        sent += unquote_plus(sent)
        secrets = (_TOKEN, *_secrets(session))
        if command.user is not None or any(secret in sent for secret in secrets):
            raise CurlError(f"curl() sends credentials only to TaskRouter at {session.address}.")
    if command.user is None:
        return command
    user = command.user
    username, password = session.client.username or "", session.client.password or ""
    for name, value in (("TWILIO_ACCOUNT_SID", username), ("TWILIO_AUTH_TOKEN", password)):
        user = user.replace(f"${name}", value).replace(f"${{{name}}}", value)
    session.requests.hide(user.partition(":")[2])
    return replace(command, user=user)


def _secrets(session: Session) -> list[str]:
    return [secret for secret in (session.client.password, session.auth_token) if secret]


def _masked(text: str, session: Session) -> str:
    for secret in _secrets(session):
        text = text.replace(secret, _TOKEN)
    return text


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
            form=parse_qsl(command.body or "", keep_blank_values=True),
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
    # --disable must come first: it stops a ~/.curlrc from changing the request.
    arguments = ["--disable", "--silent", "--show-error", "--globoff", "--proto", "=http,https"]
    arguments += ["--noproxy", "*"] if _is_loopback(command) else []
    arguments += ["--max-time", str(_SECONDS), "--write-out", "\n%{http_code} %{content_type}"]
    arguments += ["--request", command.method, "--url", command.url, "--config", "-"]
    # --data-raw reads no file, whatever its value begins with.
    arguments += [] if command.body is None else ["--data-raw", command.body]
    lines = [f'header = "{name}: {value}"\n' for name, value in _authorization(command).items()]
    done = subprocess.run(
        [program, *arguments],
        input="".join(lines).encode(),
        capture_output=True,
        timeout=_SECONDS + 5,
        check=False,
    )
    if done.returncode:
        raise CurlFailed(command, done.stderr.decode(errors="replace").strip())
    text, _, last = done.stdout.decode(errors="replace").rpartition("\n")
    status, _, content_type = last.partition(" ")
    return CurlAnswer(int(status), text, "curl", content_type)


def _authorization(command: Command) -> dict[str, str]:
    """Return the header with the credentials. In base64 nothing has a meaning for curl or HTTP."""
    if command.user is None:
        return {}
    return {"Authorization": f"Basic {b64encode(command.user.encode()).decode()}"}


def _send_by_python(command: Command) -> CurlAnswer:
    with requests.Session() as http:
        http.trust_env = not _is_loopback(command)
        http.auth = lambda request: request  # else credentials from ~/.netrc would be sent
        try:
            answer = http.request(
                command.method,
                command.url,
                data=None if command.body is None else command.body.encode(),
                headers=_authorization(command)
                | ({} if command.body is None else {"Content-Type": _FORM}),
                timeout=_SECONDS,
                allow_redirects=False,
            )
        except (requests.RequestException, ValueError) as error:
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
