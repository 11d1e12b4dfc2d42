"""A connection to one TaskRouter, as the notebooks and the helpers use it."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from twilio.rest import Client

from helpers.checks import InOneSentence
from helpers.session.request_log import RequestLog, Secret


class ConnectionFailed(InOneSentence, RuntimeError):
    """There is no TaskRouter to talk to; the message says why and what to do."""


class Session:
    """A connection: what the notebooks and the helpers need to speak with one TaskRouter.

    `client` is the SDK's client, `target` "local" or "live", `address` the base URL, `requests`
    every exchange so far, `auth_token` the account's token (it signs callbacks), None when an API
    key is used without one. `folder` is where the tutorial writes down which Workspace of a real
    account is its own, `ending` what `close` undoes. `assure` makes sure that at `address` is this
    TaskRouter and nobody else, before another program than `client` is sent there; `look_again`
    finds out where a local TaskRouter is now, if it runs. The repr tells no secret.
    """

    def __init__(
        self,
        client: Client,
        target: str,
        address: str,
        requests: RequestLog,
        account_sid: str,
        auth_token: str | None,
        folder: Path | None = None,
    ) -> None:
        self.client = client
        self.target = target
        self.address = address
        self.requests = requests
        self.account_sid = account_sid
        self.auth_token = auth_token and Secret(auth_token)
        self.folder = folder
        self.ending = ExitStack()
        self.assure: Callable[[], object] = lambda: None
        self.look_again: Callable[[], object] = lambda: None

    def __getattr__(self, name: str) -> NoReturn:
        """A learner who gives the Session to what needs the lab reads what to do."""
        raise AttributeError(
            f"A Session has no {name!r}. Is the lab meant? lab = prepare(session) makes it, and "
            "controls, tables and exercises take it."
        )

    def close(self) -> None:
        """End the TaskRouter that was started for this Session alone; one that is shared runs on."""
        self.ending.close()

    def teardown(self) -> None:
        """Remove the tutorial's Workspaces with all that is in them, and nothing else; say so."""
        from helpers.session.workspace_ownership import WORKSPACES, remove  # which needs a Session

        nothing = True
        for name in WORKSPACES:
            if found := remove(self, name):
                print(f"The Workspace {found.friendly_name!r} is removed, with all that was in it.")
                nothing = False
        if nothing:
            print("There is no Workspace of the tutorial; nothing to remove.")

    def __repr__(self) -> str:
        if self.target == "local":
            return f"Connected to the local TaskRouter at {self.address}"
        return f"Connected to real Twilio at {self.address}, account {self.account_sid}"
