"""Connect a notebook to TaskRouter: the local one by default, real Twilio only on request.

The SDK is pointed at the local TaskRouter by its own attribute `client.taskrouter.base_url`;
nothing is patched, and everything after `connect` is the same for both.
"""

import atexit
import os
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from http.client import RemoteDisconnected
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from local_taskrouter.api_key import API_KEY, api_secret
from local_taskrouter.process import launch
from local_taskrouter.process.verified_adapter import VerifiedAdapter
from requests import PreparedRequest, Request
from requests import Response as HttpResponse
from requests import Session as HttpSession
from requests.exceptions import ConnectionError as NoAnswer
from requests.structures import CaseInsensitiveDict
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError, ProtocolError

from helpers.session.api_errors import ConnectionFailed
from helpers.session.cell_errors import fold_tracebacks
from helpers.session.credentials import NoCredentials, find_credentials
from helpers.session.request_log import LoggingHttpClient, RequestLog, Secret, pairs, utc_now
from helpers.session.session import Session
from helpers.session.twilio_client import HOW_TO_GO_LOCAL, live_client, verify_credentials
from helpers.session.workspace_ownership import WORKSPACE

_ANSWER_SECONDS = 30.0


def connect(
    target: str | None = None, alone: bool = False, environment: Mapping[str, str] | None = None
) -> Session:
    """Connect to TaskRouter and return the Session.

    `target` is "local" or "live". The default is the environment variable TASKROUTER_TARGET, else
    "local", whatever other variables are set. "local" starts the local TaskRouter if none runs.
    "live" uses the credentials that the twilio CLI would use (`credentials.py`), verifies them with
    one request, and prints a reminder if a Workspace of the tutorial was left in the account.

    `alone` starts another local TaskRouter, empty, with a separate clock, for this Session only. It
    ends with the Session's `close` or with this process, even if the process is killed.

    `environment` has the variables for "live" in place of this process's.

    Raises ValueError for any other target, and for `alone` with "live"; ConnectionFailed if
    TaskRouter cannot be reached or started.
    """
    fold_tracebacks(RequestLog())  # for the errors below
    variables = os.environ if environment is None else environment
    session = _connect(target or variables.get("TASKROUTER_TARGET") or "local", alone, variables)
    fold_tracebacks(session.requests)
    return session


def _connect(chosen: str, alone: bool, environment: Mapping[str, str]) -> Session:
    if alone and chosen == "live":
        raise ValueError(
            'Only a local TaskRouter can be started alone: use connect("local", alone=True).'
        )
    if chosen == "local":
        if alone:
            return _connect_alone()
        home = launch.Home()
        return LocalSession(_start(home), home)
    if chosen == "live":
        return _connect_to_twilio(environment)
    raise ValueError(
        f'There is no target {chosen!r}. Use connect("local") or connect("live"), or set '
        'TASKROUTER_TARGET to "local" or "live".'
    )


class LocalSession(Session):
    """A Session with a local TaskRouter, which it starts again when it has ended.

    `api_key` and `api_secret` are what a server signs access tokens with.
    """

    def __init__(self, running: launch.Running, home: launch.Home) -> None:
        log = RequestLog([running.auth_token])
        self._http_client = LocalHttpClient(log, home, self)
        # TWILIO_EDGE and TWILIO_REGION rewrite host names; 127.0.0.1 has no edge.
        client = Client(
            running.account_sid,
            running.auth_token,
            http_client=self._http_client,
            environment={"TWILIO_EDGE": "", "TWILIO_REGION": ""},
        )
        super().__init__(client, "local", running.url, log, running.account_sid, running.auth_token)
        self.follow(running)

    def ensure_running(self) -> None:
        self._http_client.ensure_running()

    def rediscover(self) -> None:
        self._http_client.rediscover()

    def follow(self, running: launch.Running) -> None:
        """Send everything to the TaskRouter `running` from now on."""
        client, token = self.client, Secret(running.auth_token)
        client.taskrouter.base_url = running.url
        client.username, client.password = running.account_sid, token
        client.account_sid, client.auth = running.account_sid, (running.account_sid, token)
        self.address = running.url
        self.account_sid, self.auth_token = running.account_sid, token
        self.api_key, self.api_secret = API_KEY, Secret(api_secret(running.auth_token))
        self.requests.hide(api_secret(running.auth_token))


class DirectSession(HttpSession):
    """A `requests` session for one known server, without proxies, cookies, redirects and hooks.

    These take a fifth of the time of an SDK call to the local TaskRouter.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def prepare_request(self, request: Request) -> PreparedRequest:
        if request.json is not None:
            return super().prepare_request(request)
        prepared = PreparedRequest()
        prepared.prepare_method(request.method)
        prepared.prepare_url(str(request.url), request.params or None)
        prepared.headers = CaseInsensitiveDict({**self.headers, **(request.headers or {})})
        prepared.body = None
        if form := urlencode(pairs(cast(dict[str, object], request.data))):
            prepared.body = form.encode()
            prepared.headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        prepared.prepare_content_length(prepared.body)
        prepared.prepare_auth(request.auth)
        return prepared

    def merge_environment_settings(self, *_: Any) -> dict[str, Any]:
        return {}

    def send(self, request: PreparedRequest, **options: Any) -> HttpResponse:
        return self.get_adapter(str(request.url)).send(request, timeout=options.get("timeout"))


class LocalHttpClient(LoggingHttpClient):
    """The HTTP client of a LocalSession: it starts the TaskRouter again when it has ended.

    It sends a request a second time only if the server did not read it, or if it is a GET; for any
    other request without an answer it raises ConnectionFailed. It ignores proxies from the
    environment. `home` becomes None when the TaskRouter has been stopped for good; every request
    then raises ConnectionFailed.
    """

    def __init__(self, log: RequestLog, home: launch.Home, owner: LocalSession) -> None:
        super().__init__(log, timeout=_ANSWER_SECONDS)
        self.home: launch.Home | None = home
        self._owner = owner
        self.session = DirectSession()
        self.session.mount("http://", VerifiedAdapter(lambda: owner.auth_token or ""))

    def rediscover(self) -> None:
        """Follow a TaskRouter that has moved or has another token; start none.

        Raises ConnectionFailed if the home folder cannot be used.
        """
        followed = (self._owner.address, self._owner.auth_token)
        try:
            running = self.home and self.home.running()
            moved = running and (running.url, running.auth_token) != followed
            verified = launch.find_running(self.home) if self.home and moved else None
        except OSError as fault:
            raise ConnectionFailed(str(fault)) from None
        if verified:
            self._owner.follow(verified)

    def end(self) -> None:
        """Refuse every further request, and never start the TaskRouter again."""
        self.home = None
        if self.session is not None:
            self.session.close()

    def ensure_running(self) -> launch.Running:
        """Return the TaskRouter, verified and started if it had ended; the Session follows it.

        Raises ConnectionFailed.
        """
        running = _start(self._open_home())
        self._owner.follow(running)
        return running

    def _open_home(self) -> launch.Home:
        if self.home is None:
            raise ConnectionFailed(
                "This Session was closed, and its TaskRouter has ended. Run the notebook from its "
                "first cell."
            )
        return self.home

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        rest = (params, data, headers)
        self._open_home()
        try:
            return super().request(method, url, *rest, auth, timeout, allow_redirects)
        except NoAnswer as fault:
            if method.upper() != "GET" and not _was_not_read(fault):
                raise ConnectionFailed(
                    f"The local TaskRouter stopped before it answered {method.upper()} "
                    f"{urlsplit(url).path}, so this request may or may not have taken effect. Check "
                    "before you run this cell again: the next request starts the local TaskRouter, "
                    "with everything that it answered before."
                ) from fault
        running = self.ensure_running()
        url = _rebase(url, running.url)
        auth = auth and (running.account_sid, Secret(running.auth_token))
        return super().request(method, url, *rest, auth, timeout, allow_redirects)


def _connect_alone() -> Session:
    with ExitStack() as stack:
        folder = TemporaryDirectory(prefix="taskrouter-", ignore_cleanup_errors=True)
        home = launch.Home(stack.enter_context(folder))
        home.save_port(_free_port())  # leaves the usual port to the shared TaskRouter
        home.set_owner(os.getpid())
        stack.callback(launch.stop, home)
        session = LocalSession(_start(home), home)
        stack.callback(session._http_client.end)
        session.exit_stack = stack.pop_all()
    atexit.register(session.close)
    return session


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _start(home: launch.Home) -> launch.Running:
    try:
        return launch.ensure_running(home)
    except launch.EmulatorUnavailable as fault:
        raise ConnectionFailed(str(fault)) from None


def _was_not_read(fault: NoAnswer) -> bool:
    """Return True if the server cannot have acted on the request.

    Either nothing listened on the port, or TCP reset the connection. A reset means that bytes were
    left unread; a process that dies after it has read a request closes its connection in order
    (RFC 2525, section 2.17). Windows resets in both cases, so there a reset proves nothing.
    """
    cause: Any = fault.args[0] if fault.args else None
    if isinstance(getattr(cause, "reason", None), NewConnectionError):
        return True
    broken = cause.args[-1] if isinstance(cause, ProtocolError) else None
    reset = isinstance(broken, ConnectionResetError | BrokenPipeError)
    return os.name == "posix" and reset and not isinstance(broken, RemoteDisconnected)


def _rebase(url: str, base_url: str) -> str:
    base = urlsplit(base_url)
    return urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc).geturl()


def _connect_to_twilio(environment: Mapping[str, str]) -> Session:
    try:
        credentials = find_credentials(environment, Path.home())
    except NoCredentials as fault:
        raise ConnectionFailed(
            f"You asked for real Twilio, but {fault} Then start JupyterLab again and run this cell "
            f"again. {HOW_TO_GO_LOCAL}"
        ) from None
    log = RequestLog()
    client = live_client(credentials, log)
    verify_credentials(client, WORKSPACE)
    log.clear()
    address = client.get_hostname(client.taskrouter.base_url)
    account_sid, folder = credentials.account_sid, launch.Home().folder
    session = Session(client, "live", address, log, account_sid, credentials.auth_token, folder)
    if reminder := session.tutorial_workspaces.reminder(utc_now()):
        print(reminder)
    return session
