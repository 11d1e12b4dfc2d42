"""The poller's client verifies the server as the session's client does, and starts none."""

from free_port import free_port
from local_taskrouter.process import launch
from wrong_server import kill, wrong_server

from helpers.controls.follow.poller import poller_for
from helpers.controls.follow.reader import http_session
from helpers.lessons.workspace import prepare
from helpers.session.connect import connect


def test_wrong_server_on_the_port_gets_no_credentials(running_home):
    session = connect()
    poller = poller_for(prepare(session, "task waiting"))
    poller.refresh()
    with wrong_server(kill(running_home), lambda path: b"{}") as sent:
        poller.refresh()
    assert sent and "authorization" not in "".join(sent).lower()
    assert poller.latest.problem.startswith("TaskRouter does not answer")
    http_session(session.client).close()


def test_poller_follows_a_taskrouter_with_another_port_and_token(home):
    session = connect()
    poller = poller_for(prepare(session, "task waiting"))
    launch.stop(home)
    home.settings_file.unlink()
    home.create()
    home.save_port(free_port())
    poller.refresh()
    assert poller.latest.problem.startswith("TaskRouter does not answer")
    moved = launch.ensure_running(home)
    poller.refresh()
    assert poller.latest.problem == ""
    assert (session.address, session.auth_token) == (moved.url, moved.auth_token)
    http_session(session.client).close()


def test_poll_starts_no_stopped_taskrouter(running_home):
    session = connect()
    poller = poller_for(prepare(session, "task waiting"))
    launch.stop(running_home)
    poller.refresh()
    poller.refresh()
    assert poller.latest.problem.startswith("TaskRouter does not answer")
    assert running_home.running() is None
    http_session(session.client).close()
