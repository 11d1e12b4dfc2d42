"""Explain a Task of this process: `explain` with a Client that reads without a socket.

Its reading appears in no log of requests, and meets no injected fault.
"""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import orjson
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from local_taskrouter.api.call import Call, Pause, Reply, Result
from local_taskrouter.api.params import read
from local_taskrouter.core.engine import Engine
from local_taskrouter.errors import BadRequest, NotFound
from local_taskrouter.explanation import Explanation, NoSuchTask, explain, with_callbacks
from local_taskrouter.http.route_table import api_routes, find
from local_taskrouter.service import TaskRouter

_URL = "http://localhost"


def explain_task(taskrouter: TaskRouter, task: TaskInstance | str) -> Explanation:
    """Explain a Task, given as such or by its SID, with its callbacks. Raises what `explain` raises."""
    client = Client(
        taskrouter.account_sid,
        taskrouter.auth_token,
        http_client=_InProcessClient(taskrouter),
        environment={"TWILIO_EDGE": "", "TWILIO_REGION": ""},
    )
    client.taskrouter.base_url = _URL
    explanation = explain(client, task)
    sent = taskrouter.deliveries(kind="assignment", task=explanation.task_sid)
    return with_callbacks(explanation, [asdict(each) for each in sent])


def explain_by_sid(taskrouter: TaskRouter, sid: str) -> Explanation:
    """Explain the Task with this SID. Raises BadRequest and NotFound."""
    if not sid:
        raise BadRequest("Give task, the SID of the Task to explain: /emulator/explain?task=WT…")
    try:
        return explain_task(taskrouter, sid)
    except NoSuchTask as error:
        raise NoSuchTaskHere(str(error)) from None
    except ValueError as error:
        raise BadRequest(str(error)) from None


class NoSuchTaskHere(NotFound):
    """NoSuchTask as a response."""

    def __init__(self, message: str) -> None:
        self.message = message


class _InProcessClient(HttpClient):
    """Answer the SDK's GET requests in the calling thread.

    Errors are raised as they are, except that a missing resource is a response, as `explain` expects.
    """

    def __init__(self, taskrouter: TaskRouter) -> None:
        super().__init__(logging.getLogger(__name__), False, None)
        self._taskrouter = taskrouter

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        *ignored: object,
        **also_ignored: object,
    ) -> Response:
        address = urlsplit(uri)
        query = parse_qsl(address.query, keep_blank_values=True)
        query += [(name, str(value)) for name, value in (params or {}).items()]
        try:
            reply = self._reply(method, address.path, query)
        except NotFound as error:
            reply = Reply(error.body(), error.status)
        return Response(reply.status, orjson.dumps(reply.body).decode())

    def _reply(self, method: str, path: str, query: list[tuple[str, str]]) -> Reply:
        route, sids = find(api_routes(), method, path)
        args, sid = read(route.params, query), self._taskrouter.account_sid
        below = path.removeprefix("/v1")

        def command(engine: Engine) -> Result:
            return route.handler(Call(engine, sid, f"{_URL}/v1", below, sids, args, query))

        result = self._taskrouter.call(command)
        while isinstance(result, Pause):
            result = self._taskrouter.call(partial(result.resume_in, result.run_tests()))
        return result if isinstance(result, Reply) else self._taskrouter.read(result)
