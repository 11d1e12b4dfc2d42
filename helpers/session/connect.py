"""The notebook's connection to TaskRouter: the local one by default, real Twilio only when asked.

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
from typing import Any
from urllib.parse import urlsplit

from local_taskrouter.process import launch
from requests.exceptions import ConnectionError as NoAnswer
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError, ProtocolError

from helpers.session.credentials import NoCredentials, find_credentials
from helpers.session.request_log import LoggingHttpClient, RequestLog, Secret, utc_now
from helpers.session.session import ConnectionFailed, Session
from helpers.session.twilio_client import HOW_TO_GO_LOCAL, live_client, verify
from helpers.session.workspace_ownership import WORKSPACE, forgotten

_ANSWER_SECONDS = 30.0


def connect(target: str | None = None, alone: bool = False) -> Session:
    """Connect to TaskRouter and return the Session.

    `target` is "local" or "live"; by default what the environment variable TASKROUTER_TARGET says,
    else "local", whatever other variables exist. Local starts the emulator when none runs. Live
    takes the credentials that the twilio CLI would take (`credentials.py`), asks Twilio once
    whether they are good, and says so when a Workspace of the tutorial has been forgotten there.

    `alone` starts another local TaskRouter, empty and with a clock of its own, which nobody shares.
    It ends with the Session's `close`, or with this process, even one that is killed.

    Raises ValueError for another target, and for a live one `alone`; ConnectionFailed when there is
    no TaskRouter to be had.
    """
    chosen = target or os.environ.get("TASKROUTER_TARGET") or "local"
    if alone and chosen == "live":
        raise ValueError(
            'Only a local TaskRouter can be had alone: use connect("local", alone=True).'
        )
    if chosen == "local":
        return _connect_alone() if alone else _connect_locally(launch.Home())
    if chosen == "live":
        return _connect_to_twilio(os.environ)
    raise ValueError(
        f'There is no target {chosen!r}. Use connect("local") or connect("live"), or set '
        "TASKROUTER_TARGET to one of these words."
    )


class LocalHttpClient(LoggingHttpClient):
    """An HTTP client that starts the emulator again when it has gone.

    A request is sent a second time only if it was not read, or only reads itself; for any other
    that got no answer it raises ConnectionFailed. Proxies of the environment are ignored. `home` is
    None once the emulator was ended for good; every request then raises ConnectionFailed.
    """

    def __init__(self, log: RequestLog, home: launch.Home) -> None:
        super().__init__(log, timeout=_ANSWER_SECONDS)
        self.session.trust_env = False
        self.home: launch.Home | None = home
        self.serves: Session | None = None
        self.session.mount("http://", launch.VerifiedAdapter(self._token))

    def _token(self) -> str:
        """The token that the Session is about to send."""
        return self.serves.auth_token if self.serves else ""

    def look_again(self) -> None:
        """Follow the emulator that has moved, or has another token; start none."""
        known = self.home and self.home.running()
        session = self.serves
        if not known or session is None:
            return
        if (known.url, known.auth_token) != (session.address, session.auth_token):
            running = launch.find_running(self.home)
            if running:
                _point(session, running)

    def end(self) -> None:
        """Send nothing more, and start no emulator again."""
        self.home = None
        self.session.close()

    def assure(self) -> launch.Running:
        """The emulator, which has proved to be that, and was started if it had gone.

        The Session speaks with it from now on. Raises ConnectionFailed.
        """
        running = _emulator(self._must_be_open())
        if self.serves is not None:
            _point(self.serves, running)
        return running

    def _must_be_open(self) -> launch.Home:
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
        self._must_be_open()
        try:
            return super().request(method, url, *rest, auth, timeout, allow_redirects)
        except NoAnswer as fault:
            if method.upper() != "GET" and not _was_not_read(fault):
                raise ConnectionFailed(
                    f"The local TaskRouter went away during {method.upper()} {urlsplit(url).path}, "
                    "so this was done or it was not: look before you run the cell again. "
                    "The next request starts the TaskRouter; what it answered before is kept."
                ) from fault
        running = self.assure()
        url = _at(running.url, url)
        auth = auth and (running.account_sid, Secret(running.auth_token))
        return super().request(method, url, *rest, auth, timeout, allow_redirects)


def _connect_locally(home: launch.Home) -> Session:
    running = _emulator(home)
    log = RequestLog([running.auth_token])
    http_client = LocalHttpClient(log, home)
    # TWILIO_EDGE and TWILIO_REGION rewrite host names; there is no edge of 127.0.0.1.
    client = Client(
        running.account_sid,
        running.auth_token,
        http_client=http_client,
        environment={"TWILIO_EDGE": "", "TWILIO_REGION": ""},
    )
    session = Session(client, "local", running.url, log, running.account_sid, running.auth_token)
    _point(session, running)
    http_client.serves = session
    session.assure = http_client.assure
    session.look_again = http_client.look_again
    return session


def _connect_alone() -> Session:
    with ExitStack() as ending:
        folder = TemporaryDirectory(prefix="taskrouter-", ignore_cleanup_errors=True)
        home = launch.Home(ending.enter_context(folder))
        home.keep_port(_free_port())  # the usual one stays free for the emulator that is shared
        home.belong_to(os.getpid())
        ending.callback(launch.stop, home)
        session = _connect_locally(home)
        session.ending = ending.pop_all()
    session.ending.callback(session.client.http_client.end)
    atexit.register(session.close)
    return session


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _point(session: Session, running: launch.Running) -> None:
    """Make `session` speak with the emulator `running`."""
    client = session.client
    client.taskrouter.base_url = running.url
    token = Secret(running.auth_token)
    client.username, client.password = running.account_sid, token
    client.account_sid, client.auth = running.account_sid, (client.username, token)
    session.address = running.url
    session.account_sid, session.auth_token = running.account_sid, token


def _emulator(home: launch.Home) -> launch.Running:
    try:
        return launch.ensure_running(home)
    except launch.EmulatorUnavailable as fault:
        raise ConnectionFailed(str(fault)) from None


def _was_not_read(fault: NoAnswer) -> bool:
    """Whether the server cannot have acted on the request.

    Either nobody listened, or TCP reset the connection: that tells of bytes that were not read,
    while a process that dies after reading a request ends its connection in order (RFC 2525,
    section 2.17). Windows resets in both cases, so there a reset says nothing.
    """
    cause: Any = fault.args[0] if fault.args else None
    if isinstance(getattr(cause, "reason", None), NewConnectionError):
        return True
    broken = cause.args[-1] if isinstance(cause, ProtocolError) else None
    reset = isinstance(broken, ConnectionResetError | BrokenPipeError)
    return os.name == "posix" and reset and not isinstance(broken, RemoteDisconnected)


def _at(base_url: str, url: str) -> str:
    base = urlsplit(base_url)
    return urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc).geturl()


def _connect_to_twilio(environment: Mapping[str, str]) -> Session:
    try:
        credentials = find_credentials(environment, Path.home())
    except NoCredentials as fault:
        raise ConnectionFailed(
            f"Real Twilio was asked for, but {fault} Then start JupyterLab again and run this "
            f"cell again. {HOW_TO_GO_LOCAL}"
        ) from None
    log = RequestLog()
    client = live_client(credentials, log)
    verify(client, WORKSPACE)
    log.clear()
    address = client.get_hostname(client.taskrouter.base_url)
    account_sid, folder = credentials.account_sid, launch.Home().folder
    session = Session(client, "live", address, log, account_sid, credentials.auth_token, folder)
    if offer := forgotten(session, utc_now()):
        print(offer)
    return session
