"""Files and folders that another user prepared, opened or linked are refused, in one sentence."""

import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import Timeout
from hypothesis import given
from hypothesis import strategies as st
from local_taskrouter.process import private_files
from local_taskrouter.process.private_files import PrivateLock, UnusableFile

posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows has no such owners and modes")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "a home"
    private_files.create_folder(folder)
    return folder


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow."""
    import resource  # Windows has none

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def refuses(file: Path) -> str:
    """The message of the UnusableFile that every kind of access raises."""
    messages = set()
    for access in (
        private_files.read,
        private_files.read_json,
        lambda file: PrivateLock(file, 0).acquire(),
    ):
        with pytest.raises(UnusableFile) as caught:
            access(file)
        messages.add(str(caught.value))
    [message] = messages
    assert "\n" not in message
    return message


def test_missing_file_reads_as_none_and_creates_nothing(tmp_path):
    assert private_files.read_json(tmp_path / "missing" / "file") is None
    assert list(tmp_path.iterdir()) == []


@posix_only
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_folder_and_files_are_private_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        private_files.create_folder(tmp_path / "home")
        private_files.write_json(tmp_path / "home" / "file", {"port": 1})
    finally:
        os.umask(before)
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "home" / "file").stat().st_mode & 0o777 == 0o600
    assert private_files.read_json(tmp_path / "home" / "file") == {"port": 1}


@posix_only
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702, 0o1777])
def test_folder_that_others_can_change_is_refused(folder, mode):
    (folder / "file").touch(0o600)
    folder.chmod(mode)
    with pytest.raises(UnusableFile):
        private_files.create_folder(folder)
    message = refuses(folder / "file")
    assert f"Other users can change {folder}. Run `chmod 700 '{folder}'`, or set" in message
    folder.chmod(0o700)
    assert private_files.read(folder / "file") == b""


@posix_only
def test_folder_that_others_can_only_list_is_accepted_with_private_files(folder):
    private_files.write_json(folder / "file", 1)
    folder.chmod(0o755)
    private_files.create_folder(folder)
    assert private_files.read_json(folder / "file") == 1
    (folder / "file").chmod(0o640)
    assert f"Other users can read {folder / 'file'}. Run `chmod 600 " in refuses(folder / "file")
    folder.chmod(0o700)
    assert private_files.read_json(folder / "file") == 1
    (folder / "file").chmod(0o620)
    assert f"Other users can change {folder / 'file'}. " in refuses(folder / "file")


@posix_only
def test_folder_of_another_user_is_refused_even_for_root(folder, monkeypatch):
    (folder / "file").touch(0o600)
    user = os.geteuid()
    for other in (user + 1, 0 if user else 1000):
        monkeypatch.setattr(os, "geteuid", lambda other=other: other)
        assert f"{folder} belongs to another user (ID {user})" in refuses(folder / "file")
        with pytest.raises(UnusableFile, match="TASKROUTER_HOME to a folder that does not exist"):
            private_files.create_folder(folder)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root gives files to another user"
)
@pytest.mark.parametrize("kind", ["file", "link to the folder"])
def test_file_or_link_of_another_user_is_refused(folder, kind):
    if kind == "file":
        planted = folder / "file"
        planted.touch(0o600)
        file = planted
    else:
        planted = folder.with_name("link")
        planted.symlink_to(folder)
        file = planted / "file"
        file.touch(0o600)
        assert private_files.read(file) == b"", "a link of the user is theirs to make"
    os.chown(planted, 4711, 4711, follow_symlinks=False)
    assert f"{planted} belongs to another user (ID 4711)" in refuses(file)


@posix_only
@pytest.mark.parametrize("plant", [os.symlink, os.link])
def test_link_in_place_of_a_file_is_refused_and_its_target_kept(folder, tmp_path, plant):
    target = tmp_path / "diary"
    target.write_text("{}")
    target.chmod(0o600)
    plant(target, folder / "file")
    message = refuses(folder / "file")
    assert message.startswith(f"{folder / 'file'} is a link to another file. Delete it, or set")
    private_files.write(folder / "file", b"new")
    assert target.read_text() == "{}"
    assert private_files.read(folder / "file") == b"new"


@posix_only
def test_dangling_link_is_refused_and_creates_nothing(folder, tmp_path):
    (folder / "file").symlink_to(tmp_path / "planted")
    refuses(folder / "file")
    assert not (tmp_path / "planted").exists()


def test_folder_in_place_of_a_file_is_refused(folder):
    (folder / "file").mkdir()
    assert "is not a file. Move it away" in refuses(folder / "file")
    with pytest.raises(UnusableFile, match="cannot be written"):
        private_files.write(folder / "file", b"")
    assert [path.name for path in folder.iterdir()] == ["file"]


@posix_only
def test_pipe_in_place_of_a_file_is_refused_without_waiting(folder):
    os.mkfifo(folder / "file", 0o600)
    assert "is not a file" in refuses(folder / "file")


def test_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "home").touch()
    with pytest.raises(UnusableFile, match="Set TASKROUTER_HOME to a folder that you can write to"):
        private_files.create_folder(tmp_path / "home")
    assert "is not a folder" in refuses(tmp_path / "home" / "file")


@posix_only
def test_full_disk_keeps_the_old_content_and_leaves_no_draft(folder):
    private_files.write(folder / "file", b"old")
    with full_disk():
        for write in (
            lambda: private_files.write(folder / "file", b"new"),
            lambda: private_files.create_folder(folder),
        ):
            with pytest.raises(UnusableFile, match="Free some space on its disk and try again"):
                write()
    assert private_files.read(folder / "file") == b"old"
    assert [path.name for path in folder.iterdir()] == ["file"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError(errno.EIO, "I/O error")])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_interrupted_write_keeps_the_old_content(folder, monkeypatch, step, interruption):
    private_files.write(folder / "file", b"old")

    def interrupt(*_):
        raise interruption

    with monkeypatch.context() as patched:
        patched.setattr(os, step, interrupt)
        with pytest.raises((KeyboardInterrupt, UnusableFile)):
            private_files.write(folder / "file", b"new")
    assert private_files.read(folder / "file") == b"old"
    assert [path.name for path in folder.iterdir()] == ["file"]


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.EIO])
def test_file_that_cannot_be_opened_is_reported(folder, monkeypatch, code):
    (folder / "file").touch(0o600)

    def refuse(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(private_files.time, "sleep", lambda _: None)
    with pytest.raises(UnusableFile, match="cannot be read .*Make it readable for you, or set"):
        private_files.read(folder / "file")
    with pytest.raises(UnusableFile, match="cannot be written .*a folder that you can write to"):
        private_files.write(folder / "file", b"")


def test_lock_that_is_held_raises_timeout(folder):
    with PrivateLock(folder / "lock", 0), pytest.raises(Timeout):
        PrivateLock(folder / "lock", 0).acquire()


@given(st.binary() | st.just(b"[" * 100_000) | st.just(b"1" * 5_000))
def test_damaged_json_raises_only_value_error(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "damaged"
    file.write_bytes(content)
    file.chmod(0o600)
    try:
        json.dumps(private_files.read_json(file))
    except ValueError:
        pass
