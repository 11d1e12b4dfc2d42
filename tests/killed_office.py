"""A local TaskRouter in a process that is killed while pages of Alice and Bob are open."""

from local_taskrouter.client import client_of
from local_taskrouter.http.server import EmulatorServer
from local_taskrouter.process.home import Home
from local_taskrouter.process.launch import ensure_running
from local_taskrouter.service import TaskRouter
from local_taskrouter.worker_token import worker_token
from workspace_builder import WorkspaceBuilder
from wrong_server import kill

TIMEOUT = 120


class KilledOffice:
    """Alice and Bob, who speak Spanish, are each being asked about a Task."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.running = running = ensure_running(home)
        self.url = running.url
        with client_of(running.url, running.account_sid, running.auth_token) as client:
            built = WorkspaceBuilder(client)
            workers = {name: built.worker(name, languages=["es"]) for name in ("Alice", "Bob")}
            queue = built.queue("Spanish", 'languages HAS "es"')
            built.workflow(default=queue, task_reservation_timeout=TIMEOUT)
            for _ in workers:
                built.task({"language": "es"})
            token = running.auth_token
            self.tokens = [worker_token(client, token, name) for name in workers]
        self.workspace_sid, self.bob_sid = built.workspace_sid, workers["Bob"].sid

    def kill_and_restart(self) -> None:
        """Kill it. Bob accepts and Alice's time ends while no page can connect. Start it again."""
        kill(self.home)
        taskrouter = TaskRouter(self.home.database, *self.home.credentials())
        elsewhere = EmulatorServer(taskrouter).start()
        try:
            with client_of(elsewhere.url, taskrouter.account_sid, taskrouter.auth_token) as client:
                workspace = client.taskrouter.v1.workspaces(self.workspace_sid)
                [asked] = workspace.workers(self.bob_sid).reservations.list()
                asked.update(reservation_status="accepted")
            taskrouter.advance(TIMEOUT)
        finally:
            elsewhere.stop()
        assert ensure_running(self.home).url == self.url
