"""The `curl` command of Twilio's quickstart, unchanged except for the SIDs."""

import json
import shutil
import subprocess
import sys

import pytest
from fake_twilio import ACCOUNT_SID, AUTH_TOKEN

pytestmark = [
    pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here"),
    pytest.mark.skipif(sys.platform == "win32", reason="its curl does not read CURL_CA_BUNDLE"),
]


def create_task(lab, environment, **changes):
    command = [
        "curl",
        f"https://taskrouter.twilio.com/v1/Workspaces/{lab.workspace_sid}/Tasks",
        "--data-urlencode",
        'Attributes={"selected_language": "es"}',
        "-d",
        f"WorkflowSid={lab.workflow_sid}",
        "-u",
        f"{ACCOUNT_SID}:{AUTH_TOKEN}",
    ]
    return subprocess.run(
        command, env=environment | changes, capture_output=True, text=True, timeout=60, check=False
    )


def test_quickstart_command_creates_task(lab, environment):
    answer = json.loads(create_task(lab, environment).stdout)
    [task] = lab.workspace.tasks.list()
    assert answer["sid"] == task.sid and answer["assignment_status"] == "pending"
    assert task.task_queue_friendly_name == "Customer Care Requests - Spanish"
    assert answer["url"].startswith("https://taskrouter.twilio.com/v1/Workspaces/")


def test_curl_without_certificate_rejects_server(lab, environment):
    refused = create_task(lab, environment, CURL_CA_BUNDLE="", SSL_CERT_FILE="")
    assert refused.returncode == 60 and lab.workspace.tasks.list() == []
