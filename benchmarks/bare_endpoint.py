"""The baseline of `api.py`: Flask on waitress, which answers every request with a stored Task."""

import json

from flask import Flask, Response, request
from waitress.server import create_server

SID = "0" * 32
BASE = f"https://taskrouter.example/v1/Workspaces/WS{SID}"
MOMENT = "2026-01-31T12:00:00Z"
TASK = {
    "sid": f"WT{SID}",
    "account_sid": f"AC{SID}",
    "date_created": MOMENT,
    "date_updated": MOMENT,
    "workspace_sid": f"WS{SID}",
    "age": 0,
    "assignment_status": "pending",
    "attributes": '{"selected_language":"es"}',
    "addons": "{}",
    "priority": 0,
    "reason": None,
    "timeout": 86400,
    "task_queue_sid": f"WQ{SID}",
    "task_queue_friendly_name": "s",
    "task_queue_entered_date": MOMENT,
    "task_channel_sid": f"TC{SID}",
    "task_channel_unique_name": "default",
    "workflow_sid": f"WW{SID}",
    "workflow_friendly_name": "w",
    "virtual_start_time": MOMENT,
    "ignore_capacity": False,
    "routing_target": None,
    "url": f"{BASE}/Tasks/WT{SID}",
    "links": {
        "workspace": BASE,
        "task_queue": f"{BASE}/TaskQueues/WQ{SID}",
        "workflow": f"{BASE}/Workflows/WW{SID}",
        "reservations": f"{BASE}/Tasks/WT{SID}/Reservations",
    },
}
META = {
    "page": 0,
    "page_size": 50,
    "first_page_url": f"{BASE}/Tasks?PageSize=50&Page=0",
    "previous_page_url": None,
    "url": f"{BASE}/Tasks?PageSize=50&Page=0",
    "next_page_url": None,
    "key": "tasks",
}
app = Flask("bare")


@app.get("/v1/Workspaces/<workspace_sid>/Tasks")
def index(workspace_sid: str) -> Response:
    return answer({"meta": META, "tasks": [TASK] * 50})


@app.post("/v1/Workspaces/<workspace_sid>/Tasks")
def create(workspace_sid: str) -> Response:
    assert request.form["Attributes"]
    return answer(TASK, 201)


@app.get("/v1/Workspaces/<workspace_sid>/Tasks/<sid>")
def fetch(workspace_sid: str, sid: str) -> Response:
    return answer(TASK)


@app.post("/v1/Workspaces/<workspace_sid>/Tasks/<sid>")
def update(workspace_sid: str, sid: str) -> Response:
    assert request.form["Priority"]
    return answer(TASK)


def answer(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


if __name__ == "__main__":
    server = create_server(app, host="127.0.0.1", port=0, threads=16)
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()
