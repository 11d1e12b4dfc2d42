"""An agent's page, with Twilio's unmodified JavaScript SDK: its newest version and its last 0.x."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from killed_office import KilledOffice
from local_taskrouter.testing import LocalTaskRouter
from workspace_builder import WorkspaceBuilder

PACKAGES = ["twilio-taskrouter", "taskrouter-0"]
SHORT = 8  # seconds: the SDK says that a token ends 5 seconds before it does


@pytest.mark.parametrize("package", PACKAGES)
def test_agent_walks_from_ready_to_a_new_token(node_modules, package):
    with LocalTaskRouter() as taskrouter:
        built = WorkspaceBuilder(taskrouter.client)
        built.worker("Alice", "Offline", languages=["es"])
        built.workflow(default=built.queue("Spanish", 'languages HAS "es"'))
        given = {
            "token": taskrouter.token("Alice"),
            "shortToken": taskrouter.token("Alice", seconds=SHORT),
        }
        found = walk(node_modules, package, taskrouter, built, "agent.js", given)
    assert found == [
        ["ready", "Alice", "Offline", 0],
        ["activity", "Available", True],
        ["created", "pending", 120, "reserved", "Spanish", {"language": "es"}],
        ["accepted", "accepted", "assigned"],
        ["wrapping", "wrapping", "wrapping"],
        ["completed", "completed", "solved"],
        ["rejected", "rejected"],
        ["attributes", {"languages": ["es"], "seat": 7}, True],
        ["token expired"],
        ["disconnected", "The token has expired"],
        ["ready again", "Alice"],
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_agents_transfer_a_task_warm_and_cold(node_modules, package):
    with LocalTaskRouter() as taskrouter:
        built = WorkspaceBuilder(taskrouter.client)
        built.worker("Alice", languages=["es"])
        built.worker("Bob", languages=["en"])
        built.workflow(default=built.queue("Spanish", 'languages HAS "es"'))
        english = built.queue("English", 'languages HAS "en"')
        tokens = {name: taskrouter.token(name) for name in ("Alice", "Bob")}
        given = {"tokens": tokens, "queue": english.sid}
        found = walk(node_modules, package, taskrouter, built, "agents.js", given)
    begun = ["initiated", True, True, "initiated", "initiated"]
    reason = "Transfer failed because the reservation was rejected"
    assert found == [
        [*begun, "WARM", "WORKER", True, "reserved", "initiated"],
        ["rejected", "failed", reason, "failed", "assigned"],
        [*begun, "WARM", "QUEUE", True, "reserved", "initiated"],
        ["attempt failed", "initiated", 3, {"note": "VIP"}],
        ["answer", "canceled"],
        ["canceled", "canceled", "canceled", "canceled", "assigned"],
        ["refused", "Request failed with status code 400"],
        [*begun, "COLD", "WORKER", True, "reserved", "initiated"],
        ["connected later", "wrapping", "reserved", True],
        ["accepted", "complete", "complete", "assigned"],
        ["completed", "completed", "assigned"],
        ["over", "completed", "All reservations were completed"],
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_agents_see_the_truth_after_a_kill_and_a_restart(node_modules, package, running_home):
    office = KilledOffice(running_home)
    given = {"tokens": office.tokens}
    actions = {"kill": office.kill_and_restart}
    found = run(node_modules, package, office.url, "reconnect.js", given, actions)
    asked = [["pending", "reserved"]]
    assert found == [
        ["Alice", "Available", asked],
        ["Bob", "Available", asked],
        ["disconnected"],
        ["Alice", "Offline", []],
        ["Bob", "Available", [["accepted", "assigned"]]],
        ["completed", "completed"],
    ]


def walk(node_modules, package, taskrouter, built, file, given):
    """Run a file, and create a Task whenever it asks for one; return what it told."""
    actions = {"create a Task": lambda: built.task({"language": "es"})}
    return run(node_modules, package, taskrouter.url, file, given, actions)


def run(node_modules, package, url, file, given, actions):
    """Run a file, and do what it asks for by name; return what else it told."""
    script = shutil.copy(Path(__file__).parent / file, node_modules.parent)
    given = {"bridge": f"{url}/v1/wschannels", **given}
    command = [str(shutil.which("node")), script, package, json.dumps(given)]
    found = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as agent:
        assert agent.stdout is not None
        for line in agent.stdout:
            told = json.loads(line)
            if told[0] in actions:
                actions[told[0]]()
            else:
                found.append(told)
    return found
