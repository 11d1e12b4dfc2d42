import pytest
from twilio.base.exceptions import TwilioException


@pytest.fixture
def office(client):
    workspaces = client.taskrouter.v1.workspaces
    return workspaces(workspaces.create("Office").sid)


def test_workers_and_queues_come_in_the_order_asked_for(office, emulator):
    for name in ("Bob", "Alice", "Carol"):
        office.workers.create(name)
        office.task_queues.create(name)
        emulator.taskrouter.advance(1)

    def names(resources, ordering):
        return [one.friendly_name for one in resources.list(ordering=ordering)]

    assert names(office.workers, "FriendlyName:asc") == ["Alice", "Bob", "Carol"]
    assert names(office.workers, "DateStatusChanged:desc") == ["Carol", "Alice", "Bob"]
    assert names(office.task_queues, "DateCreated:desc") == ["Carol", "Alice", "Bob"]
    assert names(office.task_queues, "FriendlyName:desc") == ["Carol", "Bob", "Alice"]


def test_an_ordering_that_there_is_not_is_refused(office):
    with pytest.raises(TwilioException, match="Ordering must look like"):
        office.workers.list(ordering="Salary:asc")
