"""Files that only the user can read or change, in a folder that only the user can change.

On a shared host, another user could prepare the folder, with other settings, or with links to files
of the user. So these are refused: a folder or file of another user, also for root; one that others
can change; one that others can read, unless its folder keeps them out; a link in place of a file.
Windows has no such owners and modes; there only links are refused.
"""

import errno
import json
import os
import shlex
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

Result = TypeVar("Result")

NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NEEDED_SPACE = 65_536
_OTHERS_CHANGE, _OTHERS_READ, _OTHERS_ENTER = 0o022, 0o044, 0o011
_ELSEWHERE = "TASKROUTER_HOME to a folder that does not exist yet"
_WRITABLE = "Set TASKROUTER_HOME to a folder that you can write to."
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class UnusableFile(OSError):
    """A file or a folder cannot be used; the message has the reason and what to do."""


def create_folder(folder: Path) -> None:
    """Create `folder` if it is missing, closed to others, and check that it has space for files.

    Raises UnusableFile.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise _unusable(folder, "created", fault) from None
    check_folder(folder)
    draft = _write_draft(folder / "space", bytes(_NEEDED_SPACE))
    draft.unlink()


def check_folder(folder: Path) -> None:
    """Raise UnusableFile if another user owns `folder` or can change it."""
    try:
        link, info = folder.lstat(), folder.stat()
    except FileNotFoundError:
        return
    except OSError as fault:
        raise _unusable(folder, "read", fault) from None
    if not stat.S_ISDIR(info.st_mode):
        raise UnusableFile(f"{folder} is not a folder. {_WRITABLE}")
    if stat.S_ISLNK(link.st_mode) and link.st_uid == 0:
        link = info  # root may move folders
    for each in (link, info):
        _check_owner(folder, each)
    _check_mode(folder, info.st_mode, _OTHERS_CHANGE, "700")


def check_file(file: Path) -> None:
    """Raise UnusableFile if another user could have prepared or could change `file`, or can read it.

    The same if it is a link, or not a file. A missing file passes.
    """
    check_folder(file.parent)
    try:
        info, folder = file.lstat(), file.parent.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as fault:
        raise _unusable(file, "read", fault) from None
    if stat.S_ISLNK(info.st_mode) or info.st_nlink > 1 and stat.S_ISREG(info.st_mode):
        raise UnusableFile(f"{file} is a link to another file. Delete it, or set {_ELSEWHERE}.")
    if not stat.S_ISREG(info.st_mode):
        raise UnusableFile(f"{file} is not a file. Move it away, or set {_ELSEWHERE}.")
    _check_owner(file, info)
    is_reachable = folder.st_mode & _OTHERS_ENTER
    bits = _OTHERS_CHANGE | (_OTHERS_READ if is_reachable else 0)
    _check_mode(file, info.st_mode, bits, "600")


def read(file: Path) -> bytes | None:
    """Return the content of `file`, None if it is missing. Raises UnusableFile."""
    check_file(file)
    try:
        return retry_on_windows(lambda: _read(file))
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise _unusable(file, "read", fault) from None


def read_json(file: Path) -> Any:
    """Return the JSON value in `file`, None if the file is missing.

    Raises ValueError if the content is not JSON, UnusableFile if it cannot be read.
    """
    content = read(file)
    try:
        return None if content is None else json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def write(file: Path, content: bytes) -> None:
    """Replace `file` atomically: a reader sees the old content or the new, also after a power cut.

    Raises UnusableFile; `file` is unchanged then.
    """
    draft = _write_draft(file, content)
    try:
        retry_on_windows(lambda: os.replace(draft, file))
    except OSError as fault:
        raise _unusable(file, "written", fault) from None
    finally:
        draft.unlink(missing_ok=True)


def write_json(file: Path, content: object) -> None:
    """Replace `file`, as `write` does."""
    write(file, json.dumps(content, indent=2).encode())


class PrivateLock(FileLock):
    """A FileLock whose file only the user can open. Raises UnusableFile if it cannot be used."""

    def __init__(self, file: Path, timeout: float) -> None:
        super().__init__(file, timeout=timeout, mode=0o600)

    def acquire(self, *args: Any, **options: Any) -> Any:
        file = Path(self.lock_file)
        check_file(file)
        try:
            return super().acquire(*args, **options)
        except Timeout:
            raise
        except OSError as fault:
            raise _unusable(file, "locked", fault) from None


def retry_on_windows(action: Callable[[], Result]) -> Result:
    """Run `action`, again while another process has the file open: Windows then refuses it."""
    for _ in range(50 if sys.platform == "win32" else 0):
        try:
            return action()
        except PermissionError:
            time.sleep(0.01)
    return action()


def _read(file: Path) -> bytes:
    with open(os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0) | NO_FOLLOW), "rb") as opened:
        return opened.read()


def _write_draft(file: Path, content: bytes) -> Path:
    """Write `content` to a new file beside `file`, onto the disk."""
    draft = None
    try:
        opened, draft = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
        with open(opened, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException as fault:
        if draft is not None:
            with suppress(OSError):
                os.unlink(draft)
        if isinstance(fault, OSError):
            raise _unusable(file.parent, "written", fault) from None
        raise
    return Path(draft)


def _unusable(path: Path, verb: str, fault: OSError) -> UnusableFile:
    fix = (
        "Free some space on its disk and try again."
        if fault.errno in _FULL
        else _WRITABLE
        if verb != "read"
        else f"Make it readable for you, or set {_ELSEWHERE}."
    )
    return UnusableFile(f"{path} cannot be {verb} ({fault.strerror or fault}). {fix}")


def _check_owner(path: Path, info: os.stat_result) -> None:
    if sys.platform != "win32" and info.st_uid != os.geteuid():
        raise UnusableFile(
            f"{path} belongs to another user (ID {info.st_uid}), who could change it. "
            f"Set {_ELSEWHERE}."
        )


def _check_mode(path: Path, mode: int, forbidden: int, right: str) -> None:
    if sys.platform != "win32" and mode & forbidden:
        harm = "change" if mode & _OTHERS_CHANGE else "read"
        raise UnusableFile(
            f"Other users can {harm} {path}. Run `chmod {right} {shlex.quote(str(path))}`, or "
            f"set {_ELSEWHERE}."
        )
