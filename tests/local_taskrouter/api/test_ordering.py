import pytest
from twilio.base.exceptions import TwilioException


def test_workers_and_queues_come_in_the_order_asked_for(workspace, emulator):
    for name in ("Bob", "Alice", "Carol"):
        workspace.workers.create(name)
        workspace.task_queues.create(name)
        emulator.taskrouter.advance(1)

    def names(resources, ordering):
        return [one.friendly_name for one in resources.list(ordering=ordering)]

    assert names(workspace.workers, "FriendlyName:asc") == ["Alice", "Bob", "Carol"]
    assert names(workspace.workers, "DateStatusChanged:desc") == ["Carol", "Alice", "Bob"]
    assert names(workspace.task_queues, "DateCreated:desc") == ["Carol", "Alice", "Bob"]
    assert names(workspace.task_queues, "FriendlyName:desc") == ["Carol", "Bob", "Alice"]


def test_an_ordering_that_there_is_not_is_refused(workspace):
    with pytest.raises(TwilioException, match="Ordering must look like"):
        workspace.workers.list(ordering="Salary:asc")
