"""Find the emulator of a home, or start it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from local_taskrouter.process import launch, log_file, server_identity
from local_taskrouter.process.home import Home, Running
from local_taskrouter.process.launch import EmulatorUnavailable, ensure_running, find_running
from timeout import SECONDS
from wrong_server import kill

PROJECT = Path(__file__).resolve().parents[3] / "local-taskrouter"
PRINT_PID = (
    "from local_taskrouter.process.launch import ensure_running; print(ensure_running().pid)"
)


def python(code, project=PROJECT, cwd=None, **options):
    """Run `code` in another process, which imports the package from `project`, its current folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        cwd=cwd or project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def found(home: Home) -> Running:
    """The running emulator of `home`; fails the test if there is none."""
    running = find_running(home)
    assert running
    return running


def test_second_call_finds_the_running_emulator(home):
    first = ensure_running(home)
    assert ensure_running(home) == first == home.running()
    assert first.pid != os.getpid()


def test_processes_starting_at_once_share_one_emulator(home):
    starting = [python(PRINT_PID) for _ in range(3)]
    answers = [process.communicate(timeout=60) for process in starting]
    assert [process.returncode for process in starting] == [0, 0, 0], answers
    assert {out.strip() for out, _ in answers} == {str(home.running().pid)}


def test_threads_starting_at_once_start_one_process(home, monkeypatch):
    popen, spawned, pids = subprocess.Popen, [], []

    def spawn(*command, **options):
        spawned.append(command)
        return popen(*command, **options)

    monkeypatch.setattr(launch.subprocess, "Popen", spawn)
    threads = [
        threading.Thread(target=lambda: pids.append(ensure_running(home).pid)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(pids), len(set(pids)), len(spawned)) == (3, 1, 1)


def test_stopping_emulator_is_waited_for(home, monkeypatch):
    home.create()
    held, calls = home.serving_lock(), []
    held.acquire()

    def count_and_find(home):
        calls.append(home)
        if len(calls) == 3:
            held.release()
        return find_running(home)

    monkeypatch.setattr(launch, "find_running", count_and_find)
    assert ensure_running(home) == find_running(home)
    assert len(calls) > 3


def test_emulator_outlives_the_process_that_started_it(home):
    out, _ = python(PRINT_PID).communicate(timeout=60)
    assert found(home).pid == int(out)
    if sys.platform != "win32":
        assert os.getsid(int(out)) == int(out)  # no signal of the terminal reaches it


def test_package_in_the_current_folder_is_not_imported(home, tmp_path):
    decoy = tmp_path / "elsewhere" / "local_taskrouter"
    decoy.mkdir(parents=True)
    (decoy / "__init__.py").write_text("raise SystemExit('the wrong package')")
    code = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); {PRINT_PID}"
    out, err = python(code, cwd=tmp_path / "elsewhere").communicate(timeout=60)
    assert found(home).pid == int(out), err


def test_killed_emulator_is_started_again(running_home):
    first = ensure_running(running_home)
    kill(running_home)
    second = ensure_running(running_home)
    assert second.pid != first.pid
    assert second.auth_token == first.auth_token


def test_emulator_of_another_version_is_replaced(home, tmp_path):
    shutil.copytree(PROJECT / "local_taskrouter", tmp_path / "clone" / "local_taskrouter")
    code = f"{PRINT_PID}; sys.stdout.flush(); input(); print(ensure_running().pid)"
    kernel = python(f"import sys; {code}", tmp_path / "clone", stdin=subprocess.PIPE)
    assert kernel.stdout
    first, before = int(kernel.stdout.readline()), found(home)
    with open(tmp_path / "clone" / "local_taskrouter" / "rules" / "lifecycle.py", "a") as source:
        source.write("# edited\n")
    second, _ = kernel.communicate("\n", timeout=60)
    running = found(home)
    assert (before.pid, running.pid) == (first, int(second)) and first != running.pid
    assert running.auth_token == before.auth_token and running.version != before.version


def test_older_emulator_without_hello_is_replaced(home, tmp_path):
    clone = tmp_path / "clone"
    shutil.copytree(PROJECT / "local_taskrouter", clone / "local_taskrouter")
    control = clone / "local_taskrouter" / "http" / "control.py"
    control.write_text(
        control.read_text("utf-8").replace('"GET", server_identity.PATH', '"GET", "/unknown"')
    )
    command = [sys.executable, "-m", "local_taskrouter", "--port", "0", "--home", str(home.folder)]
    search = os.environ | {"PYTHONPATH": str(clone)}
    with subprocess.Popen(command, cwd=clone, env=search, stdout=subprocess.PIPE) as older:
        assert older.stdout
        older.stdout.readline()
        first = home.running()
        assert first and first.pid == older.pid and find_running(home) is None, "it knows no hello"
        running = ensure_running(home)
        assert older.wait(timeout=30) is not None
    assert running.pid != first.pid and running.auth_token == first.auth_token


def test_last_port_is_used_again(home):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    home.create()
    home.save_port(port)
    assert ensure_running(home).url == f"http://127.0.0.1:{port}"


def test_taken_port_leads_to_another_port(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        home.create()
        home.save_port(port)
        url = ensure_running(home).url
    assert url != f"http://127.0.0.1:{port}"
    assert url == f"http://127.0.0.1:{home.last_port()}"


def test_wrong_server_on_the_port_is_not_found(running_home):
    class WrongServer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"pid": 1}')

        def log_message(self, format, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), WrongServer) as wrong_server:
        thread = threading.Thread(target=wrong_server.serve_forever)
        thread.start()
        real = ensure_running(running_home)
        kill(running_home)
        lost = {**vars(real), "url": f"http://127.0.0.1:{wrong_server.server_port}"}
        running_home.running_file.write_text(json.dumps(lost))
        result = find_running(running_home)
        wrong_server.shutdown()
        thread.join()
    assert result is None


def test_proxies_of_the_environment_are_not_used(home, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ensure_running(home) == find_running(home)


def test_emulator_accepts_credentials_of_the_environment(home, monkeypatch):
    monkeypatch.setenv("TASKROUTER_AUTH_TOKEN", "chosen")
    assert ensure_running(home).auth_token == "chosen"


def test_other_credentials_than_the_running_ones_raise_with_advice(running_home, monkeypatch):
    ensure_running(running_home)
    monkeypatch.setenv("TASKROUTER_AUTH_TOKEN", "another")
    with pytest.raises(EmulatorUnavailable, match="another TASKROUTER_AUTH_TOKEN.* stop"):
        ensure_running(running_home)


def test_failed_start_raises_with_the_output(home):
    home.create()
    home.log_file.write_text("output of an earlier start\n")
    home.database.write_text("this is not a database, whatever its name says " * 50)
    with pytest.raises(EmulatorUnavailable) as caught:
        ensure_running(home)
    (sentence,) = str(caught.value).splitlines()
    assert f"The database {home.database} cannot be read: file is not a database" in sentence
    assert f'`python -m local_taskrouter reset --home "{home.folder}"`' in sentence


def test_unwritable_home_raises_with_advice(home, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EmulatorUnavailable, match="Set TASKROUTER_HOME"):
        ensure_running(Home(tmp_path / "file"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot halt a process")
def test_unresponsive_emulator_is_not_started_twice(running_home, monkeypatch):
    running = ensure_running(running_home)
    monkeypatch.setattr(launch, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(server_identity, "SECONDS", 0.2)
    monkeypatch.setattr(launch, "STOP_SECONDS", 0.5)
    os.kill(running.pid, signal.SIGSTOP)
    try:
        assert any(find_running(running_home) is None for _ in range(100))
        with pytest.raises(EmulatorUnavailable, match="does not answer. Run .* stop., which ends"):
            ensure_running(running_home)
    finally:
        os.kill(running.pid, signal.SIGCONT)
    assert running_home.running() == running


def test_stop_waits_for_the_end(running_home):
    running = ensure_running(running_home)
    assert launch.stop(running_home) == running
    with running_home.serving_lock():
        assert not running_home.running_file.exists()
    assert launch.stop(running_home) is None


def test_long_log_is_deleted(home, monkeypatch):
    monkeypatch.setattr(log_file, "LARGEST", 100)
    home.create()
    home.log_file.write_text("x" * 200)
    ensure_running(home)
    assert home.log_file.read_text().startswith("TaskRouter is listening at http://127.0.0.1:")


def test_log_that_has_grown_too_long_is_emptied_while_it_runs(running_home):
    port = urlsplit(ensure_running(running_home).url).port
    os.truncate(running_home.log_file, log_file.LARGEST + 1)
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as client:
        client.sendall(b"no HTTP\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    assert running_home.log_file.read_text() == "Invalid HTTP request received.\n"


@pytest.mark.parametrize(
    ("module", "slow"),
    [
        ("process.launch", {"uvicorn", "sqlite3", "requests"}),
        ("http.serve_home", {"requests", "twilio", "aiohttp", "cryptography"}),
    ],
)
def test_start_imports_nothing_slow_that_it_does_not_need(module, slow):
    code = f"import sys, local_taskrouter.{module}; print({slow} & {{*sys.modules}})"
    out, err = python(code).communicate(timeout=60)
    assert out.strip() == "set()", err
