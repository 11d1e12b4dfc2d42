import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException

from helpers import tables
from helpers.session.api_errors import Refused, said_plainly

ASKING = ("activities", "workers", "task_queues", "tasks", "reservations", "events")


@pytest.fixture
def gone(prepared):
    lab = prepared("task waiting")
    lab.workspace.delete()
    return lab


@pytest.mark.parametrize("name", ASKING)
def test_a_table_of_a_workspace_that_is_gone_says_so_and_what_to_do(gone, name):
    with pytest.raises(Refused) as caught:
        getattr(tables, name)(gone)
    told = str(caught.value)
    assert told.startswith("TaskRouter refused this (HTTP 404, error 20404): ")
    assert gone.workspace_sid in told
    assert told.endswith("Run the notebook from its first cell.")


def test_any_other_refusal_is_said_without_advice(prepared):
    lab = prepared("task waiting")
    with pytest.raises(Refused, match=r"HTTP 400, error 20001.*Minutes") as caught:
        tables.events(lab, minutes=0)
    assert "first cell" not in str(caught.value)


def test_what_the_sdk_tells_by_itself_stays_as_it_is(gone):
    with pytest.raises(TwilioRestException, match="Workflows"):
        tables.workflow_filters(gone)


def test_an_error_that_is_no_refusal_stays_as_it_is():
    def reads() -> None:
        raise TwilioException("no account")

    with pytest.raises(TwilioException, match="^no account$"):
        said_plainly(reads)()
