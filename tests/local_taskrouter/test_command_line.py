"""The arguments of the command."""

import json
import re
import shlex

import pytest
from local_taskrouter.command_line import parse
from readme_blocks import BLOCKS

COMMAND = re.compile(
    r'^(?:- run: |eval "\$\()?(?:local-taskrouter|python -m local_taskrouter)(?=[ )\n])([^#)\n]*)',
    re.MULTILINE,
)
IN_README = [
    *(shlex.split(found) for _, text in BLOCKS for found in COMMAND.findall(text)),
    *(
        json.loads(found)[1:]
        for _, text in BLOCKS
        for found in re.findall("^CMD (.*)", text, re.MULTILINE)
    ),
]


def test_without_a_command_it_serves():
    options = parse(["--port", "0"])
    assert (options.command, options.port, options.host) == ("serve", 0, "127.0.0.1")


@pytest.mark.parametrize("arguments", [["--home", "x", "stop"], ["stop", "--home", "x"]])
def test_options_come_before_or_after_the_command(arguments):
    options = parse(arguments)
    assert (options.command, str(options.home)) == ("stop", "x")


@pytest.mark.parametrize("port", ["x", "-1", "65536"])
def test_invalid_port_exits_2(port):
    with pytest.raises(SystemExit) as caught:
        parse(["--port", port])
    assert caught.value.code == 2


@pytest.mark.parametrize(
    "text", ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00", "2026-01-01"]
)
def test_time_without_an_offset_is_utc(text):
    assert parse(["--now", text]).now == 1_767_225_600


@pytest.mark.parametrize(
    ("text", "reason"),
    [("soon", "soon is no time like 2026"), ("3000-01-01", "1970 to the year 3000")],
)
def test_invalid_time_exits_2_with_the_reason(text, reason, capsys):
    with pytest.raises(SystemExit) as caught:
        parse(["exec", "--now", text, "--", "true"])
    assert caught.value.code == 2 and reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["exec", "python", "-c", "pass"], "put -- before the command: exec -- python -c pass"),
        (["exec", "--seed", "s", "npm", "-v"], "put -- before the command: exec -- npm -v"),
        (["exec", "-v"], "put -- before the command: exec -- npm test"),
        (["exec", "--verbose", "--", "npm"], "unrecognized arguments: --verbose"),
        (["stop", "--all"], "unrecognized arguments: --all"),
    ],
)
def test_unknown_option_exits_2_and_exec_hints_at_the_dashes(arguments, message, capsys):
    with pytest.raises(SystemExit) as caught:
        parse(arguments)
    assert caught.value.code == 2 and message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "program"),
    [
        ("/venv/bin/local-taskrouter", "local-taskrouter"),
        ("/lib/local_taskrouter/__main__.py", "python -m local_taskrouter"),
    ],
)
def test_usage_shows_the_command_that_was_typed(typed, program, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", [typed])
    with pytest.raises(SystemExit):
        parse(["exec", "--help"])
    assert capsys.readouterr().out.startswith(f"usage: {program} exec ")


def test_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as caught:
        parse(["--version"])
    assert caught.value.code == 0
    assert re.fullmatch(r"local-taskrouter \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize("arguments", IN_README, ids=" ".join)
def test_command_in_readme_is_valid(arguments):
    assert parse(arguments).command in ("serve", *arguments)
