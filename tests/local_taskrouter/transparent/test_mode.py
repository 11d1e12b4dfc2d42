"""Transparent mode through the command, with unmodified programs."""

import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest
from local_taskrouter.__main__ import main
from local_taskrouter.process.launch import find_running

PROJECT = Path(__file__).resolve().parents[3] / "local-taskrouter"
UNMODIFIED = """
from twilio.rest import Client

client = Client()
client.taskrouter.v1.workspaces.create(friendly_name="One")
client.taskrouter.v1.workspaces.create(friendly_name="Two")
print([workspace.url for workspace in client.taskrouter.v1.workspaces.list(page_size=1)])
print(client.taskrouter.v1.workspaces.page(page_size=1)._payload["meta"]["next_page_url"])
"""

# Trusts what OpenSSL trusts, like many languages.
WITH_OPENSSL = """
import os, urllib.request
from base64 import b64encode

account = os.environ["TWILIO_ACCOUNT_SID"] + ":" + os.environ["TWILIO_AUTH_TOKEN"]
request = urllib.request.Request("https://taskrouter.twilio.com/v1/Workspaces")
request.add_header("Authorization", "Basic " + b64encode(account.encode()).decode())
print(urllib.request.urlopen(request, timeout=20).status)
"""


@contextmanager
def serving_transparently(*arguments):
    """Serve in the foreground; yield the process and an iterator over what it prints."""
    command = [sys.executable, "-m", "local_taskrouter", "--port", "0"]
    with subprocess.Popen(
        [*command, *arguments],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield process, iter(process.stdout.readline, "")
        finally:
            process.kill()


@pytest.fixture
def serving(home):
    with serving_transparently("--transparent") as (process, lines):
        yield process, [*islice(lines, 9)]


def exported(lines):
    """The variables in the printed lines, as a shell reads them."""
    return dict(re.findall(r"^export (\w+)=(\S+)$", "".join(lines), re.MULTILINE))


def refuses(url):
    try:
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))):
            return False
    except ConnectionRefusedError:
        return True


def printed_by(program, running, variables):
    """Run an unmodified Python `program` with these variables; return what it prints."""
    credentials = {
        "TWILIO_ACCOUNT_SID": running.account_sid,
        "TWILIO_AUTH_TOKEN": running.auth_token,
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **variables, **credentials},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_printed_variables_route_an_unmodified_client(home, serving):
    process, (first, second, *exports) = serving
    running = find_running(home)
    assert running
    variables = exported(exports)
    assert running.url in first and "taskrouter.twilio.com" in second
    assert running.auth_token not in "".join([first, second, *exports])
    urls, next_page = printed_by(UNMODIFIED, running, variables).splitlines()
    assert len(re.findall(r"'https://taskrouter\.twilio\.com/v1/Workspaces/WS\w{32}'", urls)) == 2
    assert next_page.startswith("https://taskrouter.twilio.com/v1/Workspaces?")
    assert main(["stop"]) == 0
    assert process.wait(20) == 0 and process.stderr.read() == ""
    assert refuses(variables["HTTPS_PROXY"])


def test_when_https_is_given_then_its_port_and_the_line_for_the_hosts_file_are_printed(home):
    with serving_transparently("--https", "0") as (_, lines):
        port = re.search(r"at port (\d+) for programs", next(lines))
        assert (
            port
            and "127.0.0.1 taskrouter.twilio.com api.twilio.com event-bridge.twilio.com"
            in next(lines)
        )
        assert not refuses(f"https://127.0.0.1:{port[1]}")


def test_when_the_https_port_is_taken_then_the_reason_is_printed(home, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["--port", "0", "--https", port]) == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in capsys.readouterr().err
    assert find_running(home) is None


def test_when_the_proxy_has_no_port_then_no_https_port_is_blamed(home, capsys, monkeypatch):
    def no_port(*_):
        raise OSError("Cannot assign requested address")

    monkeypatch.setattr("local_taskrouter.transparent.mode.Proxy", no_port)
    assert main(["--port", "0", "--transparent"]) == 1
    assert capsys.readouterr().err == "Cannot assign requested address\n"
    assert not home.running_file.exists()


def test_printed_variables_route_a_client_that_uses_openssl(home, serving):
    printed = printed_by(WITH_OPENSSL, find_running(home), exported(serving[1][2:]))
    assert printed == "200\n"


def test_env_prints_the_variables_too(home, serving, capsys):
    assert main(["env"]) == 0
    printed = exported(capsys.readouterr().out.splitlines(keepends=True))
    assert exported(serving[1]).items() <= printed.items() and len(exported(serving[1])) == 7
    assert printed["TASKROUTER_URL"] == find_running(home).url


@pytest.mark.skipif(sys.platform != "linux", reason="there 127.0.0.2 is not this machine")
def test_proxy_listens_on_loopback_only(home):
    with serving_transparently("--transparent", "--host", "0.0.0.0") as (_, lines):
        first, _, *exports = islice(lines, 9)
        port = int(exported(exports)["HTTPS_PROXY"].rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=10)
        [emulators_port] = re.findall(r":(\d+) ", first)
        socket.create_connection(("127.0.0.2", int(emulators_port)), timeout=10).close()
