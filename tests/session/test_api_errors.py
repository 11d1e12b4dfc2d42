import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException

from helpers import tables
from helpers.session.api_errors import Refused, raise_readable

LISTING = ("activities", "workers", "task_queues", "tasks", "reservations", "events")


@pytest.fixture
def deleted(prepared):
    lab = prepared("task waiting")
    lab.workspace.delete()
    return lab


@pytest.mark.parametrize("name", LISTING)
def test_table_of_a_deleted_workspace_raises_refused_with_advice(deleted, name):
    with pytest.raises(Refused) as caught:
        getattr(tables, name)(deleted)
    message = str(caught.value)
    assert message.startswith("TaskRouter refused this (HTTP 404, error 20404): ")
    assert deleted.workspace_sid in message
    assert message.endswith("Run the notebook from its first cell.")


def test_another_api_error_is_described_without_advice(prepared):
    lab = prepared("task waiting")
    with pytest.raises(Refused, match=r"HTTP 400, error 20001.*Minutes") as caught:
        tables.events(lab, minutes=0)
    assert "first cell" not in str(caught.value)


def test_rest_exception_is_raised_unchanged(deleted):
    with pytest.raises(TwilioRestException, match="Workflows"):
        tables.workflow_filters(deleted)


def test_exception_without_an_answer_is_raised_unchanged():
    def fail() -> None:
        raise TwilioException("no account")

    with pytest.raises(TwilioException, match="^no account$"):
        raise_readable(fail)()
