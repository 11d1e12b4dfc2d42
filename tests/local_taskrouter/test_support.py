"""SUPPORT.md of local-taskrouter: the tables are those of the code.

`python tests/local_taskrouter/test_support.py` updates them.
"""

import re
from pathlib import Path

from local_taskrouter.api.instruction_parameters import INSTRUCTION_PARAMETERS
from local_taskrouter.api.lists import PAGING
from local_taskrouter.api.routes import ROUTES
from local_taskrouter.event_bridge import transfers

SUPPORT = Path(__file__).parents[2] / "local-taskrouter" / "SUPPORT.md"
GROUPS = {"paging": PAGING, "instruction parameters": INSTRUCTION_PARAMETERS}


def matrix(routes):
    """The route table in Markdown: a row for each method of each path."""
    rows = ["| Path | Method | Parameters |", "| --- | --- | --- |"]
    for route in sorted(routes, key=lambda route: (shown(route.path), route.method)):
        groups = [name for name, group in GROUPS.items() if group.keys() <= route.params.keys()]
        grouped = {name for group in groups for name in GROUPS[group]}
        given = [*(f"`{name}`" for name in route.params if name not in grouped), *groups]
        rows.append(f"| `{shown(route.path)}` | {route.method} | {', '.join(given)} |")
    return "\n".join(rows)


def shown(path):
    """`/Workspaces/{WorkspaceSid}` for `/Workspaces/<workspace_sid>`."""
    return re.sub(r"<(\w+)>", lambda name: "{" + name[1].title().replace("_", "") + "}", path)


def updated(text):
    """The text of SUPPORT.md with the tables of the code."""
    tables = {
        "routes": matrix(ROUTES),
        "event bridge": matrix(transfers.ROUTES),
        "instruction parameters": ", ".join(f"`{name}`" for name in INSTRUCTION_PARAMETERS),
    }
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}{table}\n{end}{after}"
    return text


def test_support_matrix_is_the_route_table():
    text = SUPPORT.read_text("utf-8")
    assert text == updated(text), "run: python tests/local_taskrouter/test_support.py"


if __name__ == "__main__":
    SUPPORT.write_text(updated(SUPPORT.read_text("utf-8")), "utf-8")
