"""The Session: the connection to one TaskRouter that notebooks and helpers share."""

from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from twilio.rest import Client

from helpers.session.request_log import RequestLog, Secret
from helpers.session.workspace_ownership import WORKSPACES, TutorialWorkspaces


class Session:
    """The connection to one TaskRouter.

    `client` is the SDK's client, `target` "local" or "live", `address` the base URL, and `requests`
    every exchange so far. `auth_token` is the account's token, which signs callbacks; None when
    only an API key is known. `folder` is where a live Session records the Workspaces that the
    tutorial created. `close` runs `exit_stack`. The repr contains no secret.
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
        self.auth_token = None if auth_token is None else Secret(auth_token)
        self.folder = folder
        self.exit_stack = ExitStack()

    def __getattr__(self, name: str) -> NoReturn:
        """Explain what to pass instead when a learner passes the Session for the lab."""
        raise AttributeError(
            f"A Session has no {name!r}. Did you mean the lab? lab = prepare(session) returns it; "
            "controls, tables and exercises take the lab."
        )

    @property
    def tutorial_workspaces(self) -> TutorialWorkspaces:
        """The Workspaces in this account that belong to the tutorial."""
        folder = self.folder if self.target == "live" else None
        return TutorialWorkspaces(self.client, self.account_sid, folder)

    def ensure_running(self) -> None:
        """Make sure that this TaskRouter serves at `address` before another program calls it.

        A local Session starts its TaskRouter if it has ended. Raises ConnectionFailed.
        """

    def rediscover(self) -> None:
        """Update `address` if a local TaskRouter has moved; start nothing."""

    def close(self) -> None:
        """Stop the TaskRouter that was started for this Session alone; a shared one keeps running."""
        self.exit_stack.close()

    def teardown(self) -> None:
        """Delete the tutorial's Workspaces with everything in them, and print what was deleted."""
        removed = False
        for name in WORKSPACES:
            if workspace := self.tutorial_workspaces.remove(name):
                print(f"Removed the Workspace {workspace.friendly_name!r} and everything in it.")
                removed = True
        if not removed:
            print("There is no Workspace of the tutorial; nothing to remove.")

    def __repr__(self) -> str:
        if self.target == "local":
            return f"Connected to the local TaskRouter at {self.address}"
        return f"Connected to real Twilio at {self.address}, account {self.account_sid}"
