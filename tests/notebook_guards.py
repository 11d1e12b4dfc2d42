"""Rules for every notebook, beyond running: each guard yields a sentence for each violation.

nbval compares outputs, but does not report a cell without an execution count (which it skips), a
misspelled tag (it ignores it), or content that must not be stored at all.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat.v4
from nbformat import NotebookNode
from nbformat.validator import iter_validate

from tools.refresh import METADATA, WIDGET_VIEW, answers

LOCAL_ACCOUNT_SID = "AC10ca1000000000000000000000000000"
KNOWN_TAGS = {"raises-exception", "nbval-ignore-output", "local-only"}
CODE_CELLS = range(10, 26)
MORE_CELLS = {"08": range(30, 37)}  # three for each of ten cases, of which three are enough
CODE_LINES = 15
UNCOMPARED_CELLS = 1
PACKAGES = ("helpers", "helpers.simulation")
OURS = ("helpers", "local_taskrouter", "tools")

_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_MACHINE_PATH = re.compile(r"/home/|/root\b|/tmp/|/private/var/|/Users/|\\Users\\|ipykernel_\d")
_UNRUNNABLE = re.compile(
    r"\binput\(|^with\b.*\bout(?:put)?\w*\b.*:|clear_output\(", re.IGNORECASE | re.MULTILINE
)
_SECRETS = {
    "a 32-digit token": re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])"),
    "a real account's SID": re.compile(rf"(?!{LOCAL_ACCOUNT_SID})\bAC[0-9a-f]{{32}}\b"),
    "Basic credentials": re.compile(r"Authorization\W+Basic|Basic [A-Za-z0-9+/]{16,}"),
}


@dataclass(frozen=True)
class Notebook:
    path: Path
    content: NotebookNode

    @classmethod
    def read(cls, path: Path) -> "Notebook":
        return cls(path, nbformat.v4.reads(path.read_text("utf-8")))

    def cells(self, kind: str) -> list[NotebookNode]:
        return [cell for cell in self.content.cells if cell.cell_type == kind]

    @property
    def code(self) -> list[NotebookNode]:
        return self.cells("code")

    @property
    def prose(self) -> str:
        """All Markdown, without code."""
        text = "\n\n".join(cell.source for cell in self.cells("markdown"))
        return re.sub(r"^```.*?^```|`[^`\n]+`", "", text, flags=re.DOTALL | re.MULTILINE)

    @property
    def outputs(self) -> Iterator[tuple[NotebookNode, NotebookNode]]:
        return ((cell, output) for cell in self.code for output in cell.outputs)

    @property
    def texts(self) -> Iterator[str]:
        return _texts(self.content)


Guard = Callable[[Notebook], Iterator[str]]
GUARDS: list[Guard] = []


def guard(function: Guard) -> Guard:
    GUARDS.append(function)
    return function


@guard
def valid_format(notebook: Notebook) -> Iterator[str]:
    content = notebook.content
    if (content.nbformat, content.nbformat_minor) != (4, 5):
        yield f"its format is {content.nbformat}.{content.nbformat_minor}, not 4.5"
    for error in iter_validate(content, version=4, version_minor=5):
        yield f"not a valid notebook of format 4.5: {error.message}"
    ids = [cell.get("id") for cell in content.cells]
    if len(ids) != len(set(ids)):
        yield "two cells have the same id"


@guard
def python3_in_every_editor(notebook: Notebook) -> Iterator[str]:
    for key, expected in METADATA.items():
        if (stored := notebook.content.metadata.get(key)) != expected:
            yield f"its {key} is {stored}, not {expected}"


@guard
def no_widget_state(notebook: Notebook) -> Iterator[str]:
    if "widgets" in notebook.content.metadata:
        yield "widget state is stored in the metadata"
    for cell, output in notebook.outputs:
        if WIDGET_VIEW in output.get("data", {}):
            yield f"a widget view is stored under {_name(cell)}"


@guard
def cells_counted_in_order(notebook: Notebook) -> Iterator[str]:
    for number, cell in enumerate(notebook.code, 1):
        if cell.execution_count != number:
            yield f"{_name(cell)} has the count {cell.execution_count}, not {number}"


@guard
def outputs_compared(notebook: Notebook) -> Iterator[str]:
    ignored = [cell for cell in notebook.code if "nbval-ignore-output" in _tags(cell)]
    if len(ignored) > UNCOMPARED_CELLS:
        yield f"the outputs of {len(ignored)} cells are not compared"
    for cell in notebook.code:
        if re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE)", cell.source):
            yield f"{_name(cell)} controls nbval by a comment; use a tag"
    for cell, output in notebook.outputs:
        if uncompared := {"image/png", "image/jpeg"} & set(output.get("data", {})):
            yield f"{_name(cell)} has the output {uncompared}, which nbval does not compare"


@guard
def answers_are_collapsed(notebook: Notebook) -> Iterator[str]:
    for cell in answers(notebook.content.cells):
        if not cell.metadata.get("jupyter", {}).get("outputs_hidden"):
            yield f"{_name(cell)} shows the answer to a prediction before it has run"


@guard
def floors_are_pictures(notebook: Notebook) -> Iterator[str]:
    for cell, output in notebook.outputs:
        html = output.get("data", {}).get("text/html", "")
        if 'class="taskrouter-floor ' in html:
            words = escape("; ".join(output.data["text/plain"].splitlines()))
            if f'alt="{words}" ' not in html or 'src="data:image/svg+xml,' not in html:
                yield f"{_name(cell)} has no picture of what its text says; refresh it with Chromium"


@guard
def errors_are_expected(notebook: Notebook) -> Iterator[str]:
    for cell, output in notebook.outputs:
        if output.output_type == "error" and "raises-exception" not in _tags(cell):
            yield f"{_name(cell)} fails with {output.ename} and has no tag raises-exception"
        if output.get("name") == "stderr":
            yield f"{_name(cell)} writes to stderr: {output.text!r}"


@guard
def known_tags(notebook: Notebook) -> Iterator[str]:
    for cell in notebook.content.cells:
        if unknown := set(_tags(cell)) - KNOWN_TAGS:
            yield f"{_name(cell)} has unknown tags: {sorted(unknown)}"


@guard
def no_secret(notebook: Notebook) -> Iterator[str]:
    for text in notebook.texts:
        for what, pattern in _SECRETS.items():
            if found := pattern.search(text):
                yield f"{what} is stored: {found[0][:8]}…"


@guard
def no_machine_path(notebook: Notebook) -> Iterator[str]:
    for text in notebook.texts:
        if found := _MACHINE_PATH.search(text):
            yield f"a path of one machine is stored: {text[found.start() :][:40]!r}"


@guard
def one_title(notebook: Notebook) -> Iterator[str]:
    titles = re.findall(r"^# .+", notebook.prose, re.MULTILINE)
    first = notebook.content.cells[0]
    if len(titles) != 1 or first.cell_type != "markdown" or not first.source.startswith("# "):
        yield f"it must begin with its title and have no other; titles: {titles}"


@guard
def links_to_neighbors(notebook: Notebook) -> Iterator[str]:
    order = sorted(path.name for path in notebook.path.parent.glob("*.ipynb"))
    here = order.index(notebook.path.name)
    expected = {
        "Previous": order[here - 1] if here else None,
        "Next": order[here + 1] if here + 1 < len(order) else None,
    }
    for word, target in expected.items():
        found = set(re.findall(rf"{word}\b[^\n\]]*\]\(([^)]+\.ipynb)\)", notebook.prose))
        found |= set(re.findall(rf"{word}\W+\[[^\]]+\]\(([^)]+\.ipynb)\)", notebook.prose))
        if found != ({target} if target else set()):
            yield f"{word} must link to {target}, not to {sorted(found)}"


@guard
def relative_links_resolve(notebook: Notebook) -> Iterator[str]:
    for _, _, target in _LINK.findall(notebook.prose):
        file = notebook.path.parent / target.partition("#")[0]
        if not re.match(r"https?:|mailto:", target) and not file.exists():
            yield f"a link has no target: {target}"


@guard
def images_have_alternatives(notebook: Notebook) -> Iterator[str]:
    for mark, text, target in _LINK.findall(notebook.prose):
        if mark and not text.strip():
            yield f"an image has no alternative text: {target}"
    for text in notebook.texts:
        for tag in re.findall(r"<img\b[^>]*>", text):
            if not re.search(r"""alt=(["']).+?\1""", tag):
                yield f"an image has no alternative text: {tag}"
        for drawing in re.findall(r"<svg\b.*?</svg>", text, re.DOTALL):
            if not re.search(r"<title\b[^>]*>\s*\w|<svg[^>]*aria-label", drawing):
                yield f"a drawing has no alternative text: {drawing[:60]}"


@guard
def runs_unattended(notebook: Notebook) -> Iterator[str]:
    """`Run All` stops at input(); nbval neither captures nor clears output in a cell."""
    for cell in notebook.code:
        if found := _UNRUNNABLE.search(cell.source):
            yield f"{_name(cell)} has {found[0]!r}"


@guard
def right_size(notebook: Notebook) -> Iterator[str]:
    cells = MORE_CELLS.get(notebook.path.name[:2], CODE_CELLS)
    if len(notebook.code) not in cells:
        yield f"{len(notebook.code)} code cells, not {cells[0]} to {cells[-1]}"
    for cell in notebook.code:
        if not 0 < len(cell.source.strip().splitlines()) <= CODE_LINES:
            yield f"{_name(cell)} does not have 1 to {CODE_LINES} lines"


@guard
def public_names_only(notebook: Notebook) -> Iterator[str]:
    public = {package: import_module(package).__all__ for package in PACKAGES}
    for cell in notebook.code:
        for node in ast.walk(ast.parse(_python(cell.source))):
            if isinstance(node, ast.Import):
                private = [name.name for name in node.names if name.name.startswith(OURS)]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS):
                names = public.get(node.module or "", ())
                private = [name.name for name in node.names if name.name not in names]
            else:
                private = []
            if private:
                yield f"{_name(cell)} imports {private}: not a public name of helpers"


@guard
def shows_lifecycle_and_checks(notebook: Notebook) -> Iterator[str]:
    if not any("show_lifecycle(" in cell.source for cell in notebook.code):
        yield "it does not show the lifecycle"
    last = notebook.code[-1].source if notebook.code else ""
    if not re.search(r"^check\(|^exercises\.", last, re.MULTILINE):
        yield "its last code cell does not check anything"


def _python(source: str) -> str:
    """The source without the lines that only IPython can run."""
    return re.sub(r"^(\s*)[%!].*", r"\1pass", source, flags=re.MULTILINE)


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def _name(cell: NotebookNode) -> str:
    first_line = cell.source.strip().partition("\n")[0]
    return f"the cell {first_line[:60]!r}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
