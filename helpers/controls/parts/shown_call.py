"""A call to TaskRouter as a learner would write it, in Python and as a curl command."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import pairs, with_query

Data = Mapping[str, str | list[str]]  # a list repeats a parameter

_CREDENTIALS = "-u $TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"


@dataclass(frozen=True)
class Call:
    """One call, as text to copy; it contains no secret."""

    python: str
    curl: str

    def __str__(self) -> str:
        return f"{self.python}\n{self.curl}"


def create(lab: PreparedWorkspace, resources: str, **parameters: Any) -> Call:
    """Return the call that creates one of the Workspace's `resources` ("tasks", "task_queues")."""
    python = f"{_workspace(lab)}.{resources}.create"
    return Call(_with_arguments(python, parameters), _post(lab, _camel(resources), parameters))


def update(
    lab: PreparedWorkspace,
    resources: str,
    sid: str,
    parent: tuple[str, str] | None = None,
    **parameters: Any,
) -> Call:
    """Return the call that updates the resource `sid` of the Workspace's `resources`.

    `parent` is the resource that it belongs to, if not the Workspace itself: ("tasks", its SID).
    """
    steps = [*([parent] if parent else []), (resources, sid)]
    python = _workspace(lab) + "".join(f'.{name}("{step_sid}")' for name, step_sid in steps)
    path = "/".join(f"{_camel(name)}/{step_sid}" for name, step_sid in steps)
    return Call(_with_arguments(f"{python}.update", parameters), _post(lab, path, parameters))


def find(lab: PreparedWorkspace, resources: str, **parameters: Any) -> Call:
    """Return the call that lists the Workspace's `resources` which match the parameters."""
    python = _with_arguments(f"{_workspace(lab)}.{resources}.list", parameters)
    url = f"{lab.session.address}/v1/Workspaces/{lab.workspace_sid}/{_camel(resources)}"
    query = {_camel(name): value for name, value in parameters.items()}
    return Call(python, _curl("GET", with_query(url, query), {}))


def request(method: str, url: str, data: Data) -> Call:
    """Return the call that sends any request to TaskRouter through the SDK's client."""
    argument = f", data={_literal(data)}" if data else ""
    return Call(f'client.request("{method}", {_literal(url)}{argument})', _curl(method, url, data))


def to_server(
    method: str, url: str, data: Data, headers: Mapping[str, str], body: str = ""
) -> Call:
    """Return the call that sends a request to the learner's server; sends a `body` unchanged."""
    sent = f"{_literal(body)}.encode()" if body else _literal(data) if data else ""
    named = (("data", sent), ("headers", _literal(headers) if headers else ""))
    arguments = "".join(f"    {name}={value},\n" for name, value in named if value)
    python = f'requests.request(\n    "{method}",\n    {_literal(url)},\n{arguments})'
    if body:
        headers = {"Content-Type": "", **headers}  # else curl sends the Content-Type of a form
    curl = _curl(method, url, data, headers, body, credentials=False)
    return Call(f"import requests\n\n{python}", curl)


def _workspace(lab: PreparedWorkspace) -> str:
    return f'client.taskrouter.v1.workspaces("{lab.workspace_sid}")'


def _with_arguments(function: str, parameters: dict[str, Any]) -> str:
    lines = [f"    {name}={_literal(value)},\n" for name, value in parameters.items()]
    return f"{function}(\n{''.join(lines)})"


def _literal(value: Any) -> str:
    """Return `value` as Python source, with double quotes like the rest of a call."""
    if isinstance(value, Mapping):
        items = [f"{_literal(key)}: {_literal(item)}" for key, item in value.items()]
        return f"{{{', '.join(items)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    source = repr(value)
    return f'"{source[1:-1]}"' if source[0] == "'" and '"' not in source else source


def _post(lab: PreparedWorkspace, path: str, parameters: dict[str, Any]) -> str:
    url = f"{lab.session.address}/v1/Workspaces/{lab.workspace_sid}/{path}"
    return _curl("POST", url, {_camel(name): value for name, value in parameters.items()})


def _curl(
    method: str,
    url: str,
    data: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    body: str = "",
    credentials: bool = True,
) -> str:
    pieces = [f"curl -X {method} {shlex.quote(url)}"]
    pieces += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in (headers or {}).items()]
    pieces += [f"--data-raw {shlex.quote(body)}"] if body else []
    pieces += [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in pairs(data)]
    return " \\\n  ".join([*pieces, *([_CREDENTIALS] if credentials else [])])


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
