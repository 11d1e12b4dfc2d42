"""The examples in local-taskrouter's README.

pytest collects its tests and fixtures here, as they are. Its `sh` blocks run in bash, one after
another, with the environment of a local TaskRouter; "…" in what they print stands for anything.
`tests/clients` runs the example for Node. Blocks without a language are not run.
"""

import json
import os
import re
import shutil
import subprocess

import pytest
from callback_receiver import JSON, CallbackReceiver
from local_taskrouter.testing import LocalTaskRouter
from readme_blocks import README, blocks, seed, shell_blocks

TESTS = [text for text in blocks("python") if re.search(r"^(def test_|class )", text, re.MULTILINE)]
SCRIPTS = [text for text in blocks("python") if text not in TESTS]
SHELL = list(shell_blocks())
END = "--- end of block {} ---"
SECONDS = 60

for example in TESTS:
    exec(compile(example, str(README), "exec"), globals())  # noqa: S102 - our own example


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working directory, with the seed file."""
    (tmp_path / "seed.json").write_text(seed(), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What each shell block prints."""
    if missing := [name for name in ("bash", "curl", "jq") if not shutil.which(name)]:
        pytest.skip(f"{' and '.join(missing)} cannot be found")
    lines = ["set -e"]
    for number, (text, _, _) in enumerate(SHELL):
        lines += [text, f"echo; echo '{END.format(number)}'"]
    receiver = CallbackReceiver()
    receiver.answer = lambda request: (200, JSON, '{"instruction": "accept"}')
    variables = {"CALLBACK_BASE": receiver.url.removesuffix("/assignment_callback")}
    with LocalTaskRouter(globals()["SEED"], variables=variables) as taskrouter:
        folder = tmp_path_factory.mktemp("readme")
        done = run(["bash", "-c", "\n".join(lines)], taskrouter, cwd=folder)
    receiver.close()
    outputs, rest = [], done
    for number in range(len(SHELL)):
        output, _, rest = rest.partition(END.format(number))
        outputs.append(output.strip())
    return outputs


@pytest.mark.parametrize("number", range(len(SHELL)), ids=lambda number: SHELL[number][0][:60])
def test_shell_example_prints_what_readme_shows(printed, number):
    _, kind, shown = SHELL[number]
    if kind == "json":
        assert_matches(json.loads(shown), json.loads(printed[number]))
    elif kind == "text":
        assert_matches(shown.strip(), printed[number])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.splitlines()[-1])
def test_script_runs(script, taskrouter, monkeypatch):
    for name, value in taskrouter.env.items():
        monkeypatch.setenv(name, value)
    exec(compile(script, str(README), "exec"), {})  # noqa: S102 - our own example


def test_php_example_sees_the_timeout(folder):
    if not shutil.which("php"):
        pytest.skip("php cannot be found")
    [text] = blocks("php")
    (folder / "example.php").write_text(text, "utf-8")
    with LocalTaskRouter(
        "seed.json", variables={"CALLBACK_BASE": "http://127.0.0.1:1"}
    ) as taskrouter:
        assert run(["php", "example.php"], taskrouter) == "timeout\n"


def run(command, taskrouter, **options):
    """Run a program with the variables of a TaskRouter; return what it prints."""
    done = subprocess.run(
        command,
        env={**os.environ, **taskrouter.env},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def assert_matches(shown, found, place=""):
    """Assert that `found` is what README shows, where "…" in a text stands for anything."""
    if isinstance(shown, dict) and isinstance(found, dict):
        assert shown.keys() == found.keys(), place
        for name, value in shown.items():
            assert_matches(value, found[name], f"{place}.{name}")
    elif isinstance(shown, list) and isinstance(found, list):
        assert len(shown) == len(found), place
        for number, value in enumerate(shown):
            assert_matches(value, found[number], f"{place}[{number}]")
    elif isinstance(shown, str) and "…" in shown:
        pattern = ".*".join(map(re.escape, shown.split("…")))
        assert re.fullmatch(pattern, str(found), re.DOTALL), f"{place}: {found}"
    else:
        assert shown == found, place
