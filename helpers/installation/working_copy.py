"""Copy the notebooks into a folder of the learner's, and never overwrite what the learner changed.

A hidden file in the folder, `MANIFEST`, has the hash of the version of each notebook that the folder
got last. A notebook with another content was changed: running it stores its outputs.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from helpers.installation import CLONE, INSTALL, PACKAGE

IN_WHEEL = PACKAGE / "notebooks"
NOTEBOOKS = IN_WHEEL if IN_WHEEL.is_dir() else CLONE / "notebooks"
MANIFEST = ".taskrouter-notebooks.json"
OTHER_FOLDER = "`taskrouter-notebooks --folder FOLDER`"


class CannotCopy(RuntimeError):
    """The notebooks cannot be copied; the message says why and what to do."""


@dataclass
class Copied:
    """The names of notebooks, by what happened to them."""

    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    """A notebook that the learner changed, and the name of its new version."""
    outdated: list[str] = field(default_factory=list)
    """There is a new version, which `update` was not set to bring."""


def is_working_copy(folder: Path) -> bool:
    """Return True if notebooks were copied into `folder`."""
    return (folder / MANIFEST).is_file()


def copy_notebooks(folder: Path, *, update: bool, source: Path = NOTEBOOKS) -> Copied:
    """Copy each notebook in `source` that is missing in `folder`, which is created if it is missing.

    With `update`, also replaces each unchanged notebook that has a new version, and writes the new
    version of a changed one beside it. Interrupted at any point, it continues when called again.
    Raises CannotCopy; no file of the learner's is changed then.
    """
    copied = Copied()
    if folder.resolve() == source.resolve():
        return copied
    notebooks = {path.name: path.read_bytes() for path in sorted(source.glob("*.ipynb"))}
    if not notebooks:
        raise CannotCopy(
            f"There are no notebooks in {source}. Install the tutorial again: {INSTALL}"
        )
    if folder.exists() and not folder.is_dir():
        raise CannotCopy(f"{folder} is a file. Rename it, or choose a folder: {OTHER_FOLDER}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = _read_manifest(folder)
        manifest = dict(before)
        for name, content in notebooks.items():
            _bring(folder, name, content, manifest, copied, update)
        if manifest != before:
            _write(folder / MANIFEST, json.dumps(manifest, indent=1).encode())
    except OSError as error:
        where = error.filename or folder
        raise CannotCopy(
            f"The notebooks cannot be copied: {where}: {error.strerror}. Choose a folder that you can "
            f"write to: {OTHER_FOLDER}."
        ) from None
    return copied


def _bring(
    folder: Path, name: str, content: bytes, manifest: dict[str, str], copied: Copied, update: bool
) -> None:
    """Copy the notebook `name`, or its new version, and note its hash in `manifest`."""
    version, known = _hash(content), manifest.get(name)
    present = _hash_of(folder / name)
    if present is None:
        _write(folder / name, content)
        copied.new.append(name)
    elif version in (known, present):
        pass
    elif not update:
        copied.outdated.append(name)
        return
    elif present == known:
        _write(folder / name, content)
        copied.replaced.append(name)
    else:
        beside = next(
            free
            for free in _names_beside(name)
            if _hash_of(folder / free) in (None, version, manifest.get(free))
        )
        _write(folder / beside, content)
        manifest[beside] = version
        copied.beside[name] = beside
    manifest[name] = version


def _names_beside(name: str) -> Iterator[str]:
    """Yield "01-a-new.ipynb", "01-a-new-2.ipynb" and so on for "01-a.ipynb"."""
    path = Path(name)
    for number in count(1):
        yield f"{path.stem}-new{f'-{number}' if number > 1 else ''}{path.suffix}"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hash_of(path: Path) -> str | None:
    """Return the hash of the file `path`, None if there is nothing. Raises OSError for a folder."""
    return _hash(path.read_bytes()) if os.path.lexists(path) else None


def _read_manifest(folder: Path) -> dict[str, str]:
    """Return the hash of each notebook that `folder` got; {} if that is unknown.

    Then every notebook there that differs counts as changed.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return {}
    hashes = manifest.items() if isinstance(manifest, dict) else ()
    return {name: value for name, value in hashes if isinstance(value, str)}


def _write(path: Path, content: bytes) -> None:
    """Replace `path` atomically, so that an interruption leaves no half notebook."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
