import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.response import Response

from helpers.session.api_errors import error_message, what_to_do

MISSING = (
    "It was deleted, or its Workspace was built anew since. Run the notebook from its first cell."
)
WORKSPACE, WORKER = "WS" + "0" * 32, "WK" + "0" * 32


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            TwilioRestException(400, "/v1", "Not so", code=20001),
            "TaskRouter refused this (HTTP 400, error 20001): Not so",
        ),
        (
            TwilioException(
                "Unable to fetch page", Response(404, '{"code": 20404, "message": "Not here"}')
            ),
            "TaskRouter refused this (HTTP 404, error 20404): Unable to fetch page: Not here",
        ),
        (TwilioException("Anything else"), "Anything else"),
        (requests.ConnectionError("long story"), "TaskRouter does not answer (ConnectionError)."),
        (KeyError(), "KeyError"),
    ],
)
def test_message_of_an_error_is_a_sentence(error, message):
    assert error_message(error) == message


@pytest.mark.parametrize(
    ("resource", "advice"),
    [
        (f"/Workspaces/{WORKSPACE}/Workers/{WORKER}", MISSING),
        (f"/Workspaces/{WORKSPACE}/Workers", MISSING),
        (f"/Workspaces/{WORKSPACE}/Workers/{WORKER}/Channels/default", MISSING),
        (
            f"/Workspaces/{WORKSPACE}/Workers/Alice",
            '"Alice" is not a SID. Pass the SID here, which begins with WK.',
        ),
        (
            f"/Workspaces/{WORKSPACE}/TaskQueues/Spanish/Statistics",
            '"Spanish" is not a SID. Pass the SID here, which begins with WQ.',
        ),
        (
            "/Workspaces/Customer%20Care/Tasks",
            '"Customer Care" is not a SID. Pass the SID here, which begins with WS.',
        ),
        (
            f"/Workspaces/{WORKSPACE}/Activities/Idle",
            '"Idle" is not a SID. Pass the SID here, which begins with WA.',
        ),
    ],
)
def test_missing_resource_gets_the_advice_of_its_address(resource, advice):
    assert what_to_do(TwilioRestException(404, resource, "missing")) == advice


@pytest.mark.parametrize(
    ("parameters", "advice"),
    [
        (
            {"WorkflowSid": "Customer Care"},
            '"Customer Care" is not a SID. Pass the SID here, which begins with WW.',
        ),
        (
            {"DefaultActivitySid": "Idle"},
            '"Idle" is not a SID. Pass the SID here, which begins with WA.',
        ),
        (
            {"Attributes": "{'selected_language': 'es'}"},
            "Pass JSON text: attributes=json.dumps({...}), with a dict in the parentheses.",
        ),
        (
            {"FriendlyName": "Care", "Configuration": "task_routing"},
            "Pass JSON text: configuration=json.dumps({...}), with a dict in the parentheses.",
        ),
        ({"Attributes": '{"selected_language": "es"}', "WorkflowSid": "", "Priority": "-5"}, ""),
    ],
)
def test_refused_request_gets_the_advice_of_its_parameters(parameters, advice):
    assert what_to_do(TwilioRestException(400, "/Workspaces", "no"), parameters) == advice


def test_server_without_an_answer_gets_the_advice_to_connect():
    advice = "Run the cell with connect() again, then try once more."
    assert what_to_do(requests.ConnectionError("long story")) == advice


def test_any_other_error_gets_no_advice():
    assert what_to_do(ValueError("The message says all.")) == ""


def test_task_that_no_filter_matches_gets_advice():
    message = "Unable to create record: Could not match the task to a target given the attributes"
    assert what_to_do(TwilioRestException(400, "/Workspaces", message)) == (
        "Change the attributes so that a filter of the Workflow matches them, or give the Workflow "
        "a default_filter."
    )
