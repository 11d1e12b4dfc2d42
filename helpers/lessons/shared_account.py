"""An account for practice that others use too: Workspaces of one name, of which one is the learner's."""

from dataclasses import dataclass
from functools import cache

from twilio.rest.taskrouter.v1.workspace import WorkspaceContext

from helpers.session.connect import connect
from helpers.session.session import Session

BAKERY, LIBRARY = "Bakery", "Library"


@dataclass(frozen=True, repr=False)
class SharedAccount:
    """An account with three Workspaces called Bakery: `mine`, and those of two `colleagues` (SIDs).

    `workspace_sid` is a fourth one, of another name.
    """

    session: Session
    workspace_sid: str
    mine: str
    colleagues: tuple[str, str]

    @property
    def workspace(self) -> WorkspaceContext:
        return self.session.client.taskrouter.v1.workspaces(self.workspace_sid)

    @property
    def workflow_sid(self) -> None:
        """None: no Workflow is needed."""

    def __repr__(self) -> str:
        return f"An account with three Workspaces called {BAKERY!r}"


def share_account() -> SharedAccount:
    """Start, or empty, a local TaskRouter for practice, and fill it; the kernel's end stops it.

    It is another one than that of the lessons, also when they run on real Twilio. Raises
    ConnectionFailed.
    """
    return fill_account(_account())


@cache
def _account() -> Session:
    return connect("local", alone=True)


def fill_account(session: Session) -> SharedAccount:
    """Delete every Workspace of the account, and create those of a SharedAccount.

    The learner's is between the colleagues' in a list, so it is neither the first nor the last.
    """
    workspaces = session.client.taskrouter.v1.workspaces
    for old in workspaces.list():
        old.delete()
    names = (LIBRARY, BAKERY, BAKERY, BAKERY)
    library, first, mine, last = (str(workspaces.create(name).sid) for name in names)
    for sid in (first, mine, last):
        workspaces(sid).workers.create("Ana")
    session.requests.mark()
    return SharedAccount(session, library, mine, (first, last))
