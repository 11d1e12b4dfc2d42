"""Twilio's Node SDK and command line tool, unmodified, walk the whole lesson."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

LESSON = Path(__file__).parent / "lesson.js"


def run(arguments, environment):
    """What the program printed; it must have ended well."""
    done = subprocess.run(
        arguments, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_the_node_sdk_walks_the_whole_lesson(twilio, environment, node_modules):
    lesson = shutil.copy(LESSON, node_modules.parent)
    found = json.loads(run([shutil.which("node"), lesson], environment))
    [workspace] = twilio[0].taskrouter.v1.workspaces.list(friendly_name="Node")
    assert found.pop("url").startswith(
        f"https://taskrouter.twilio.com/v1/Workspaces/{workspace.sid}/Tasks/WT"
    )
    assert found == {
        "offline": "Offline",
        "waiting": ["pending", 0],
        "back": "Idle",
        "reserved": ["reserved", "Alice", "pending"],
        "accepted": ["accepted", "assigned"],
        "completed": "completed",
        "paged": ["Offline", "Available", "Unavailable", "Idle"],
        "refused": {"status": 400, "code": 20001},
    }


@pytest.fixture
def cli(node_modules, tmp_path):
    """Runs a command of twilio-cli under api:taskrouter:v1:workspaces; gives what it answered."""
    home = str(tmp_path)
    own = {
        "HOME": home,
        "USERPROFILE": home,
        "TWILIO_SKIP_NEW_VERSION_CHECK": "true",
        "TWILIO_DISABLE_AUTOUPDATE": "1",
    }
    program = node_modules / "twilio-cli" / "bin" / "run"

    def ask(environment, command, **options):
        flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        called = [
            shutil.which("node"),
            str(program),
            f"api:taskrouter:v1:workspaces:{command}",
            "-o",
            "json",
            *flags,
        ]
        return json.loads(run(called, environment | own))

    return ask


def test_the_command_line_tool_walks_the_whole_lesson(lab, environment, cli):
    def ask(command, **options):
        return cli(environment, command, workspace_sid=lab.workspace_sid, **options)

    attributes = json.dumps({"selected_language": "es"})
    [task] = ask("tasks:create", workflow_sid=lab.workflow_sid, attributes=attributes)
    assert task["assignmentStatus"] == "pending"
    assert task["url"].startswith("https://taskrouter.twilio.com/v1/Workspaces/")

    [alice] = ask("workers:update", sid=lab.alice_sid, activity_sid=lab.idle_sid)
    assert alice["activityName"] == "Idle"

    [reservation] = ask("tasks:reservations:list", task_sid=task["sid"])
    assert (reservation["workerName"], reservation["reservationStatus"]) == ("Alice", "pending")
    asked = {"task_sid": task["sid"], "sid": reservation["sid"]}
    [accepted] = ask("tasks:reservations:update", reservation_status="accepted", **asked)
    assert accepted["reservationStatus"] == "accepted"

    [completed] = ask("tasks:update", sid=task["sid"], assignment_status="completed")
    assert completed["assignmentStatus"] == "completed"
    [offline] = ask("workers:update", sid=lab.alice_sid, activity_sid=lab.offline_sid)
    assert offline["available"] is False
