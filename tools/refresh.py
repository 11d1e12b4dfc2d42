"""Run notebooks and store their outputs: ``python -m tools.refresh [NOTEBOOK ...]``.

Runs each notebook from top to bottom with a separate emulator, as `pytest` does. Stores nothing that
differs between machines: no widget state (a notebook that is opened but not run shows it as an
error), no traceback, no kernel version. Collapses the outputs that answer a prediction, until the
learner runs their cells. A cell whose output differs only where
`tests/nbval_sanitize.cfg` allows it keeps its stored output, so a second refresh changes nothing.
"""

import argparse
import copy
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbval.plugin import coalesce_streams, get_sanitize_patterns

from tools.floor_picture import CHROMIUM, floor_html
from tools.sandbox import isolate, stop_emulator

CLONE = Path(__file__).resolve().parent.parent
NOTEBOOKS = CLONE / "notebooks"
SANITIZERS = CLONE / "tests" / "nbval_sanitize.cfg"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CELL_SECONDS = 60
METADATA = {
    # JupyterLab and Colab choose the kernel by its name, VS Code by the language.
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    # What a kernel reports, without versions. Before one runs, editors color the cells by it, and
    # `jupyter nbconvert --to script` chooses its exporter and the file's ending.
    "language_info": {
        "name": "python",
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
_SID = re.compile(r"\b[A-Z]{2}[0-9a-f]{32}\b")

Rules = list[tuple[str, str]]
Floor = tuple[NotebookNode, dict[str, Any]]  # an output, and the content of its panel


def refresh(path: Path, rules: Rules) -> bool:
    """Run the notebook at `path`, store what changed, and return whether anything did.

    `rules` are (pattern, replacement) pairs, applied in order before outputs are compared. Raises
    nbclient's errors, and does not change the file, if a cell without the tag `raises-exception`
    fails.
    """
    before = path.read_text(encoding="utf-8")
    stored = nbformat.reads(before, as_version=4)
    fresh = copy.deepcopy(stored)
    floors = run(fresh, path.parent)
    store_pictures(floors)
    normalize(fresh)
    keep_equal_outputs(stored, fresh, rules)
    after = nbformat.writes(fresh) + "\n"
    if after == before:
        return False
    path.write_text(after, encoding="utf-8", newline="\n")
    return True


def run(notebook: NotebookNode, folder: Path) -> list[Floor]:
    """Execute every cell of `notebook` in place, with `folder` as the current folder.

    Return each output that shows the floor, with what its panel had sent to the page by then.
    """
    floors: list[Floor] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        environment = dict(os.environ)
        isolate(environment, Path(home))
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
            store_widget_state=True,  # `normalize` removes it
            record_timing=False,
            allow_errors=False,
        )

        def keep_floors(cell: NotebookNode, **_: object) -> None:
            for output in cell.get("outputs", ()):
                view = output.get("data", {}).get(WIDGET_VIEW)
                model = client.widget_state.get(view["model_id"], {}) if view else {}
                if model.get("kind") == "floor":
                    floors.append((output, model["content"]))

        client.on_cell_executed = keep_floors
        try:
            # The kernel's log is not output of a cell.
            client.execute(env=environment, stderr=subprocess.DEVNULL)
        finally:
            stop_emulator(environment)
    return floors


def store_pictures(floors: list[Floor]) -> None:
    """Replace the text of each floor, as HTML, by a picture that Chromium draws, if it is here."""
    if not floors or CHROMIUM is None:
        return
    drawn = floor_html([(content, output.data["text/plain"]) for output, content in floors])
    for (output, _), html in zip(floors, drawn, strict=True):
        output.data["text/html"] = html


def normalize(notebook: NotebookNode) -> None:
    """Remove, in place, what differs between machines or looks like an error to a reader."""
    notebook.metadata = nbformat.from_dict(METADATA)
    numbers = count(1)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            _number(cell, next(numbers))
            for left_by_jupyterlab in ("execution", "jupyter", "collapsed"):
                cell.metadata.pop(left_by_jupyterlab, None)
            cell.outputs = coalesce_streams(cell.outputs)
            for output in cell.outputs:
                _strip(output)
    for cell in answers(notebook.cells):
        # JupyterLab shows the outputs again as soon as the cell runs.
        cell.metadata["jupyter"] = {"outputs_hidden": True}


def answers(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    """The cells whose outputs may answer a prediction: from `exercises.ask` to the next section.

    A self-check is not among them, because it is stored unsolved, nor a cell that writes a file.
    """
    found: list[NotebookNode] = []
    asked = False
    for cell in cells:
        if cell.cell_type == "markdown":
            asked = asked and not re.search(r"^## ", cell.source, re.MULTILINE)
        elif re.search(r"^exercises\.ask\(", cell.source, re.MULTILINE):
            asked = True
        elif asked and cell.outputs and not (cell.source.startswith("%%") or _is_unsolved(cell)):
            found.append(cell)
    return found


def _is_unsolved(cell: NotebookNode) -> bool:
    return any("○ Not yet solved" in str(output.get("data")) for output in cell.outputs)


def _number(cell: NotebookNode, number: int) -> None:
    cell.execution_count = number
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = number


def _strip(output: NotebookNode) -> None:
    if output.output_type == "error":
        # A traceback contains local paths, and nbval does not compare it.
        output.traceback = [f"{output.ename}: {output.evalue}"]
    elif "data" in output:
        output.data.pop(WIDGET_VIEW, None)


def keep_equal_outputs(stored: NotebookNode, fresh: NotebookNode, rules: Rules) -> None:
    """Restore each cell's `stored` outputs in `fresh` where `rules` leave no difference.

    A SID that this changes is changed in the new outputs too, so that one resource keeps one SID in
    the whole notebook.
    """
    changed: list[NotebookNode] = []
    sids: dict[str, str] = {}
    for before, now in zip(stored.cells, fresh.cells, strict=True):
        if now.cell_type != "code":
            continue
        if sanitize(now.outputs, rules) == sanitize(before.outputs, rules):
            sids |= zip(_sids(now.outputs), _sids(before.outputs), strict=True)
            now.outputs = before.outputs
        else:
            changed.append(now)
    for cell in changed:
        cell.outputs = _map_text(cell.outputs, lambda text: _replace_sids(text, sids))


def sanitize(outputs: object, rules: Rules) -> object:
    """Return a copy of `outputs` with `rules` applied to every text."""

    def sanitized(text: str) -> str:
        for pattern, replacement in rules:
            text = re.sub(pattern, replacement, text)
        return text

    return _map_text(outputs, sanitized)


def _sids(outputs: object) -> list[str]:
    found: list[str] = []
    _map_text(outputs, lambda text: found.extend(_SID.findall(text)) or text)
    return found


def _replace_sids(text: str, sids: dict[str, str]) -> str:
    return _SID.sub(lambda found: sids.get(found[0], found[0]), text)


def _map_text(value: object, change: Callable[[str], str]) -> object:
    """Return a copy of nested dicts and lists, with `change` applied to every text but keys.

    Visits the texts in the order of the sorted keys.
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return NotebookNode({key: _map_text(item, change) for key, item in sorted(value.items())})
    if isinstance(value, list):
        return [_map_text(item, change) for item in value]
    return value


def main(arguments: Sequence[str]) -> int:
    """Refresh the named notebooks, by default all; return 1 if any failed, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.refresh", description="Run notebooks and store their outputs."
    )
    parser.add_argument("notebook", nargs="*", type=Path, default=sorted(NOTEBOOKS.glob("*.ipynb")))
    rules = read_rules()
    failures = 0
    for path in parser.parse_args(arguments).notebook:
        try:
            print(f"{path.name}: {'refreshed' if refresh(path, rules) else 'unchanged'}")
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            failures += 1
            print(f"{path.name}: failed, and is unchanged\n{error}", file=sys.stderr)
    return 1 if failures else 0


def read_rules(path: Path = SANITIZERS) -> Rules:
    """Read the (pattern, replacement) pairs from nbval's file at `path`."""
    return get_sanitize_patterns(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
