"""A call to TaskRouter as a learner would write it: a line of Python, and a curl command."""

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
    """One call, as text to copy; neither line holds a secret."""

    python: str
    curl: str

    def __str__(self) -> str:
        return f"{self.python}\n{self.curl}"


def create(lab: PreparedWorkspace, resources: str, **parameters: Any) -> Call:
    """The call that creates one of the workspace's `resources` ("tasks", "task_queues")."""
    python = f"{_workspace(lab)}.{resources}.create"
    return Call(_with_arguments(python, parameters), _post(lab, _camel(resources), parameters))


def update(
    lab: PreparedWorkspace,
    resources: str,
    sid: str,
    parent: tuple[str, str] | None = None,
    **parameters: Any,
) -> Call:
    """The call that updates the one of the workspace's `resources` that has this `sid`.

    `parent` is what has the resource, if not the workspace itself: ("tasks", its SID).
    """
    way = [*([parent] if parent else []), (resources, sid)]
    python = _workspace(lab) + "".join(f'.{name}("{one}")' for name, one in way)
    path = "/".join(f"{_camel(name)}/{one}" for name, one in way)
    return Call(_with_arguments(f"{python}.update", parameters), _post(lab, path, parameters))


def find(lab: PreparedWorkspace, resources: str, **parameters: Any) -> Call:
    """The call that lists those of the workspace's `resources` that fit the parameters."""
    python = _with_arguments(f"{_workspace(lab)}.{resources}.list", parameters)
    url = f"{lab.session.address}/v1/Workspaces/{lab.workspace_sid}/{_camel(resources)}"
    asked = {_camel(name): value for name, value in parameters.items()}
    return Call(python, _curl("GET", with_query(url, asked), {}))


def request(method: str, url: str, data: Data) -> Call:
    """The call that sends any request to TaskRouter, as the SDK's client does it."""
    written = f", data={_literal(data)}" if data else ""
    return Call(f'client.request("{method}", {_literal(url)}{written})', _curl(method, url, data))


def to_server(
    method: str, url: str, data: Data, headers: Mapping[str, str], body: str = ""
) -> Call:
    """The call that sends a request to the learner's own server; a `body` is sent as it is."""
    sent = f"{_literal(body)}.encode()" if body else _literal(data) if data else ""
    told = _literal(headers) if headers else ""
    named = (("data", sent), ("headers", told))
    written = "".join(f"    {name}={value},\n" for name, value in named if value)
    asked = f'requests.request(\n    "{method}",\n    {_literal(url)},\n{written})'
    given = {"Content-Type": "", **headers} if body else headers  # curl would say it is a form
    return Call(
        f"import requests\n\n{asked}", _curl(method, url, data, given, body, credentials=False)
    )


def _workspace(lab: PreparedWorkspace) -> str:
    return f'client.taskrouter.v1.workspaces("{lab.workspace_sid}")'


def _with_arguments(function: str, parameters: dict[str, Any]) -> str:
    lines = [f"    {name}={_literal(value)},\n" for name, value in parameters.items()]
    return f"{function}(\n{''.join(lines)})"


def _literal(value: Any) -> str:
    """`value` as Python, its texts in double quotes like the rest of a call."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_literal(key)}: {_literal(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    written = repr(value)
    return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in written else written


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
    pieces += [f"--data-urlencode {shlex.quote(f'{name}={one}')}" for name, one in pairs(data)]
    return " \\\n  ".join([*pieces, *([_CREDENTIALS] if credentials else [])])


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
