"""The front end's files: each for a server, and joined for a widget, which loads one module."""

import re
from functools import cache
from pathlib import Path

TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
FOLDER = Path(__file__).parent
NAMES = frozenset(path.name for path in FOLDER.iterdir() if path.suffix in TYPES)
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.js)";\n', re.MULTILINE)


@cache
def read(name: str) -> str:
    """Return the text of a file in NAMES."""
    return (FOLDER / name).read_text("utf-8")


def joined(name: str, last: str = "") -> str:
    """Return a module after those that it imports, as one module; `last` is code at its end.

    The modules share one scope then, so no two declare the same name.
    """
    order: list[str] = []

    def visit(module: str) -> None:
        for imported in _IMPORT.findall(read(module)):
            visit(imported)
        if module not in order:
            order.append(module)

    visit(name)
    texts = [_IMPORT.sub("", read(module)) for module in order]
    return "\n".join([*(re.sub(r"^export ", "", text, flags=re.MULTILINE) for text in texts), last])
