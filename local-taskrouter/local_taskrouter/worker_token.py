"""Access tokens for agents' pages: https://www.twilio.com/docs/iam/access-tokens"""

from twilio.base.exceptions import TwilioRestException
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import TaskRouterGrant
from twilio.rest import Client
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance, WorkerList

from local_taskrouter.api_key import API_KEY, api_secret
from local_taskrouter.sids import is_sid

DEFAULT_SECONDS = 3_600


class NoSuchWorker(LookupError):
    """No Worker, or several, have the name."""


def worker_token(
    client: Client,
    auth_token: str,
    worker: str,
    workspace: str | None = None,
    role: str = "worker",
    seconds: int = DEFAULT_SECONDS,
) -> str:
    """Return a token for the page of a Worker of a local TaskRouter, valid for some `seconds`.

    `worker` and `workspace` are names or SIDs; without a Workspace, all are searched. `role` is worker,
    supervisor or admin. Raises NoSuchWorker.
    """
    found = [
        (place, one)
        for place in client.taskrouter.v1.workspaces.list()
        if workspace in (None, place.sid, place.friendly_name)
        for one in _workers(client.taskrouter.v1.workspaces(str(place.sid)).workers, worker)
    ]
    if not found:
        raise NoSuchWorker(f"There is no Worker {worker} in {workspace or 'any Workspace'}.")
    if len(found) > 1:
        names = ", ".join(sorted(str(place.friendly_name) for place, _ in found))
        raise NoSuchWorker(
            f"Several Workspaces have a Worker {worker}: {names}. Name the Workspace, too."
        )
    [(place, one)] = found
    token = AccessToken(
        str(one.account_sid), API_KEY, api_secret(auth_token), identity=worker, ttl=seconds
    )
    token.add_grant(TaskRouterGrant(workspace_sid=place.sid, worker_sid=one.sid, role=role))
    return str(token.to_jwt())


def _workers(workers: WorkerList, worker: str) -> list[WorkerInstance]:
    if not is_sid(worker, "WK"):
        return workers.list(friendly_name=worker)
    try:
        return [workers(worker).fetch()]
    except TwilioRestException:
        return []
