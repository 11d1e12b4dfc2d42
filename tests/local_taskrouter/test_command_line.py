"""The arguments of the command."""

import re

import pytest
from local_taskrouter.command_line import parse


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


def test_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as caught:
        parse(["--version"])
    assert caught.value.code == 0
    assert re.fullmatch(r"local-taskrouter \d+\.\d+\.\d+\n", capsys.readouterr().out)
