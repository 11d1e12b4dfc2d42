"""A callback that was due when the process died."""

from asgi_client import client_on
from callback_receiver import JSON
from local_taskrouter import callbacks
from local_taskrouter.clock import ManualClock
from local_taskrouter.core.records import Task
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from workspace_builder import WorkspaceBuilder


def test_callback_due_at_a_kill_is_delivered_once_after_restart(receiver, tmp_path, monkeypatch):
    receiver.answer = lambda request: (200, JSON, '{"instruction": "accept"}')
    database = tmp_path / "killed.db"
    killed = TaskRouter(database, ACCOUNT_SID, "token", ManualClock())
    with monkeypatch.context() as patched:
        patched.setattr(callbacks, "make_attempts", killed_meanwhile)
        office = WorkspaceBuilder(client_on(killed))
        office.worker("Alice")
        office.workflow(default=office.queue(), assignment_callback_url=receiver.url)
        task = office.task()
        assert killed.is_settled(30)
    killed.close()
    for _ in range(2):
        again = TaskRouter(database, ACCOUNT_SID, "token", ManualClock())
        again.start()
        assert again.is_settled(30)
        assert again.engine.store.require(Task, task.sid).assignment_status == "assigned"
        again.close()
    assert [dict(form)["TaskSid"] for _, _, form in receiver.requests] == [task.sid]


async def killed_meanwhile(*_):
    """Fail like a process that is killed during the attempt."""
    raise RuntimeError("the process was killed")
