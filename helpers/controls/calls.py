"""A call to TaskRouter as a learner would write it: a line of Python, and a curl command."""

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.workspace import Lab

_CREDENTIALS = "-u $TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"


@dataclass(frozen=True)
class Call:
    """One call, as text to copy; neither line holds a secret."""

    python: str
    curl: str

    def __str__(self) -> str:
        return f"{self.python}\n{self.curl}"


def create(lab: "Lab", resources: str, **parameters: Any) -> Call:
    """The call that creates one of the workspace's `resources` ("tasks", "task_queues")."""
    python = f"{_workspace(lab)}.{resources}.create"
    return Call(_with_arguments(python, parameters), _post(lab, _camel(resources), parameters))


def update(lab: "Lab", resources: str, sid: str, **parameters: Any) -> Call:
    """The call that updates the one of the workspace's `resources` that has this `sid`."""
    python = f'{_workspace(lab)}.{resources}("{sid}").update'
    return Call(
        _with_arguments(python, parameters), _post(lab, f"{_camel(resources)}/{sid}", parameters)
    )


def _workspace(lab: "Lab") -> str:
    return f'client.taskrouter.v1.workspaces("{lab.workspace_sid}")'


def _with_arguments(function: str, parameters: dict[str, Any]) -> str:
    lines = [f"    {name}={_literal(value)},\n" for name, value in parameters.items()]
    return f"{function}(\n{''.join(lines)})"


def _literal(value: Any) -> str:
    written = repr(value)
    return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in written else written


def _post(lab: "Lab", path: str, parameters: dict[str, Any]) -> str:
    data = [
        f"--data-urlencode {shlex.quote(f'{_camel(name)}={value}')}"
        for name, value in parameters.items()
    ]
    url = f"{lab.session.address}/v1/Workspaces/{lab.workspace_sid}/{path}"
    return " \\\n  ".join([f"curl -X POST {url}", *data, _CREDENTIALS])


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
