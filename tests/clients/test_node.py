"""The first lessons, from Offline to completed, with Twilio's unmodified Node SDK and CLI."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from local_taskrouter.testing import LocalTaskRouter
from readme_blocks import blocks, seed

LESSON = Path(__file__).parent / "lesson.js"


def run(arguments, environment):
    """Run a program; return what it printed. Fails the test when its exit code is not 0."""
    done = subprocess.run(
        arguments, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_node_sdk_completes_task(twilio, environment, node_modules):
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


def test_readme_example_passes(node_modules):
    [example] = [block for block in blocks("js") if "node:test" in block]
    file = node_modules.parent / "readme.test.js"
    file.write_text(example, "utf-8")
    variables = {"CALLBACK_BASE": "http://127.0.0.1:1"}
    with LocalTaskRouter(json.loads(seed()), variables=variables) as taskrouter:
        run([shutil.which("node"), "--test", str(file)], {**os.environ, **taskrouter.env})


@pytest.fixture
def cli(node_modules, tmp_path):
    """Run a command of twilio-cli below api:taskrouter:v1:workspaces; return the JSON it prints."""
    home = str(tmp_path)
    settings = {
        "HOME": home,
        "USERPROFILE": home,
        "TWILIO_SKIP_NEW_VERSION_CHECK": "true",
        "TWILIO_DISABLE_AUTOUPDATE": "1",
    }
    program = node_modules / "twilio-cli" / "bin" / "run"

    def run_cli(environment, command, **options):
        flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        called = [
            shutil.which("node"),
            str(program),
            f"api:taskrouter:v1:workspaces:{command}",
            "-o",
            "json",
            *flags,
        ]
        return json.loads(run(called, environment | settings))

    return run_cli


def test_command_line_tool_completes_task(lab, environment, cli):
    def run_cli(command, **options):
        return cli(environment, command, workspace_sid=lab.workspace_sid, **options)

    attributes = json.dumps({"selected_language": "es"})
    [task] = run_cli("tasks:create", workflow_sid=lab.workflow_sid, attributes=attributes)
    assert task["assignmentStatus"] == "pending"
    assert task["url"].startswith("https://taskrouter.twilio.com/v1/Workspaces/")

    [alice] = run_cli("workers:update", sid=lab.alice_sid, activity_sid=lab.idle_sid)
    assert alice["activityName"] == "Idle"

    [reservation] = run_cli("tasks:reservations:list", task_sid=task["sid"])
    assert (reservation["workerName"], reservation["reservationStatus"]) == ("Alice", "pending")
    selected = {"task_sid": task["sid"], "sid": reservation["sid"]}
    [accepted] = run_cli("tasks:reservations:update", reservation_status="accepted", **selected)
    assert accepted["reservationStatus"] == "accepted"

    [completed] = run_cli("tasks:update", sid=task["sid"], assignment_status="completed")
    assert completed["assignmentStatus"] == "completed"
    [offline] = run_cli("workers:update", sid=lab.alice_sid, activity_sid=lab.offline_sid)
    assert offline["available"] is False
