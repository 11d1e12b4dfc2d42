"""Fixtures: a Workspace built through the SDK, and a web server that receives its callbacks."""

import pytest
import requests
from callback_receiver import CallbackReceiver
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from workspace_builder import WorkspaceBuilder


@pytest.fixture
def built(client):
    return WorkspaceBuilder(client)


@pytest.fixture
def workspace(built):
    return built.workspace


@pytest.fixture
def activities(built):
    """Activity SIDs by name."""
    return built.activities


@pytest.fixture
def queue(built):
    return built.queue()


@pytest.fixture
def workflow(built, queue):
    return built.workflow(default=queue)


@pytest.fixture
def alice(built):
    """An available Worker."""
    return built.worker("Alice", languages=["es"])


@pytest.fixture
def task(built, workflow, alice):
    """A Task reserved for Alice."""
    return built.task()


@pytest.fixture
def reservation(built, task):
    (reservation,) = built.reservations(task)
    return reservation


@pytest.fixture
def control(client, emulator):
    """Send a control request: (status, JSON)."""
    with requests.Session() as http:
        http.trust_env = False
        http.auth = client.username, client.password

        def send(method, path, **options):
            response = http.request(method, f"{emulator.url}/emulator{path}", timeout=10, **options)
            return response.status_code, response.json()

        yield send


@pytest.fixture
def receiver():
    receiver = CallbackReceiver()
    yield receiver
    receiver.close()


@pytest.fixture
def announce(built, queue, alice, emulator):
    """Create a Task reserved for Alice, and wait for the response to its callback."""

    def announce(url, fallback="", attributes=None):
        built.workflow(
            default=queue, assignment_callback_url=url, fallback_assignment_callback_url=fallback
        )
        task = built.task(attributes or {"selected_language": "es"}, priority=3)
        assert emulator.taskrouter.is_settled(30)
        return task

    return announce


@pytest.fixture
def database(tmp_path):
    return tmp_path / "taskrouter.db"


@pytest.fixture
def started():
    """Start TaskRouters; close them at the end."""
    running = []

    def start(database, clock=None):
        taskrouter = TaskRouter(database, ACCOUNT_SID, "token", clock)
        taskrouter.start()
        running.append(taskrouter)
        return taskrouter

    yield start
    for taskrouter in running:
        taskrouter.close()
