"""The project's source files, and the imports between them."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

CLONE = Path(__file__).parent.parent
FOLDERS = {  # by the name with which their modules are imported
    "helpers": CLONE / "helpers",
    "local_taskrouter": CLONE / "local-taskrouter" / "local_taskrouter",
    "tools": CLONE / "tools",
    "tests": CLONE / "tests",
}
SOURCES = {
    f"{name}/{path.relative_to(folder).as_posix()}": path.read_text("utf-8")
    for name, folder in FOLDERS.items()
    for path in sorted(folder.rglob("*.py"))
} | {"conftest.py": (CLONE / "conftest.py").read_text("utf-8")}
TESTS_MODULES = {Path(file).stem for file in SOURCES if file.startswith("tests/")}
PRODUCT = [file for file in SOURCES if file.startswith(("helpers/", "local_taskrouter/"))]


@cache
def parsed(source: str) -> ast.Module:
    return ast.parse(source)


def imports(file: str) -> set[str]:
    """The full names of the modules that `file` imports, at its top or anywhere else."""
    return imports_of(file, ast.walk(parsed(SOURCES[file])))


def late_imports(file: str) -> set[str]:
    """The modules of this project that `file` imports below its top level."""
    tree = parsed(SOURCES[file])
    top = set(tree.body)
    names = imports_of(file, (node for node in ast.walk(tree) if node not in top))
    return {name for name in names if inside(name, *FOLDERS)}


def imports_of(file: str, nodes: Iterable[ast.AST]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= set(_imported_from(file, node))
    return found


def _imported_from(file: str, node: ast.ImportFrom) -> Iterator[str]:
    package = file.removesuffix(".py").split("/")[: -node.level] if node.level else []
    module = ".".join([*package, *([node.module] if node.module else [])])
    for name in node.names:
        path = f"{module}.{name.name}".replace(".", "/")
        is_module = f"{path}.py" in SOURCES or f"{path}/__init__.py" in SOURCES
        yield f"{module}.{name.name}" if is_module else module


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def import_graph(package: str) -> dict[str, set[str]]:
    """The modules of `package`, each with the modules of `package` that it imports."""
    graph = {
        file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): imports(file)
        for file in SOURCES
        if file.startswith(f"{package}/")
    }
    return {name: (imported & graph.keys()) - {name} for name, imported in graph.items()}


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """The modules of one circle of imports, or []."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def rooms(package: str) -> dict[str, set[str]]:
    """The files and folders at the top of `package`, each with those that it imports."""
    top: dict[str, set[str]] = {}
    for name, imported in import_graph(package).items():
        if name != package:
            room = name.split(".")[1]
            top.setdefault(room, set()).update(other.split(".")[1] for other in imported)
    return {room: imported - {room} for room, imported in top.items()}
