"""Serves an agent's page, and makes the token with which it connects to TaskRouter.

    npm install                           # taskrouter.js, and the page with it in one file
    eval "$(local-taskrouter env)"        # or the TWILIO_… variables of your account
    flask --app app run --port 5060       # then open http://127.0.0.1:5060/?worker=Alice

Anyone who opens the page is that Worker: an app of your own asks for a login first.
"""

import os

from flask import Flask, Response, abort, request
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import TaskRouterGrant
from twilio.rest import Client

TOKEN_SECONDS = 600

app = Flask(__name__, static_folder="page", static_url_path="/page")


def workspace():
    """The Workspace that TASKROUTER_WORKSPACE names, else the newest."""
    client = Client()
    if "TASKROUTER_URL" in os.environ:
        client.taskrouter.base_url = os.environ["TASKROUTER_URL"]
    workspaces = client.taskrouter.v1.workspaces
    name = os.environ.get("TASKROUTER_WORKSPACE")
    found = workspaces.list(friendly_name=name) if name else workspaces.list()
    if not found:
        abort(404, f"There is no Workspace {name or 'yet'}.")
    return workspaces(found[-1].sid)


@app.get("/")
def page() -> Response:
    return app.send_static_file("desk.html")


@app.get("/token")
def token() -> dict[str, object]:
    """A token for the Worker in the address, where the Event Bridge is, and who else takes Tasks."""
    place, name = workspace(), request.args.get("worker", "")
    [worker] = place.workers.list(friendly_name=name) or [None]
    if worker is None:
        abort(404, f"There is no Worker {name}.")
    made = AccessToken(
        worker.account_sid,
        os.environ["TWILIO_API_KEY"],
        os.environ["TWILIO_API_SECRET"],
        identity=name,
        ttl=TOKEN_SECONDS,
    )
    made.add_grant(
        TaskRouterGrant(workspace_sid=worker.workspace_sid, worker_sid=worker.sid, role="worker")
    )
    local = os.environ.get("TASKROUTER_URL", "")
    others = [one for one in place.workers.list() if one.sid != worker.sid]
    return {
        "token": made.to_jwt(),
        "bridge": local and f"{local}/v1/wschannels",
        "targets": [
            {"name": one.friendly_name, "sid": one.sid}
            for one in (*others, *place.task_queues.list())
        ],
    }


@app.errorhandler(404)
def missing(error: Exception) -> tuple[dict[str, str], int]:
    return {"message": getattr(error, "description", str(error))}, 404
