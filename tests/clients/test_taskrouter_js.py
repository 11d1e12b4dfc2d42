"""An agent's page, with Twilio's unmodified JavaScript SDK: its newest version and its last 0.x."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from local_taskrouter.testing import LocalTaskRouter
from workspace_builder import WorkspaceBuilder

AGENT = Path(__file__).parent / "agent.js"
SHORT = 8  # seconds: the SDK says that a token ends 5 seconds before it does


@pytest.mark.parametrize("package", ["twilio-taskrouter", "taskrouter-0"])
def test_agent_walks_from_ready_to_a_new_token(node_modules, package):
    with LocalTaskRouter() as taskrouter:
        built = WorkspaceBuilder(taskrouter.client)
        built.worker("Alice", "Offline", languages=["es"])
        built.workflow(default=built.queue("Spanish", 'languages HAS "es"'))
        found = walk(node_modules, package, taskrouter, built)
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


def walk(node_modules, package, taskrouter, built):
    """Run agent.js, and create a Task whenever it asks for one; return what it told."""
    given = {
        "bridge": f"{taskrouter.url}/v1/wschannels",
        "token": taskrouter.token("Alice"),
        "shortToken": taskrouter.token("Alice", seconds=SHORT),
    }
    script = shutil.copy(AGENT, node_modules.parent)
    command = [str(shutil.which("node")), script, package, json.dumps(given)]
    found = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as agent:
        assert agent.stdout is not None
        for line in agent.stdout:
            told = json.loads(line)
            if told == ["create a Task"]:
                built.task({"language": "es"})
            else:
                found.append(told)
    return found
