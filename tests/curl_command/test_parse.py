import pytest

from helpers.curl_command.parse import CurlError, parse


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("wget http://x", 'must begin with "curl"'),
        ("", 'must begin with "curl"'),
        ("curl 'http://x", "Is a quote missing"),
        ("curl", "exactly one http:// or https:// URL, not none"),
        ("curl http://x http://y", "exactly one"),
        ("curl file:///etc/passwd", "cannot use the URL file:///etc/passwd:"),
        ("curl http://127.0.0.1\uff0fv1", "in ASCII characters"),
        ("curl http://[x", "cannot use the URL http://[x:"),
        ("curl http://[::1::]/", "cannot use the URL"),
        ("curl http://a:b@x", "Write credentials after -u"),
        ("curl 'http://x/a b'", "any other character as %XX"),
        ("curl http://x -X 'GET / HTTP/1.1'", "is not an HTTP method. Use GET, POST"),
        ("curl http://x -u name", "cannot ask for a password. Write -u name:PASSWORD"),
        ("curl http://x -d " + "x" * 200_000, "has 200,017 bytes, but curl() sends at most 30,000"),
        ("curl http://x -d " + "é" * 20_000, "has 40,000 bytes"),
        ("curl http://x --" + "x" * 20_000, "x…. Use a terminal."),
        ("curl http://x -o out", "not -o. Use a terminal"),
        ("curl http://x --json {}", "not --json"),
        ("curl http://x -d", "-d needs a value"),
        ("curl http://x -d @file", "does not read data from a file"),
        ("curl http://x --data-urlencode a@file", "does not read data from a file"),
    ],
)
def test_unsupported_command_raises_with_the_reason(command, message):
    with pytest.raises(CurlError) as caught:
        parse(command)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("command", "method", "body"),
    [
        ("curl http://x", "GET", None),
        ("curl http://x -d ''", "POST", ""),
        ("curl -s http://x -d a=1 --data b=2", "POST", "a=1&b=2"),
        ("curl http://x -d a=1 -X put", "PUT", "a=1"),
        ("curl --request DELETE http://x", "DELETE", None),
        ("curl http://x -da=1", "POST", "a=1"),
        ("curl http://x --data-urlencode 'a=b=c&d@e'", "POST", "a=b%3Dc%26d%40e"),
        ("curl http://x --data-urlencode '=a b'", "POST", "a%20b"),
        ("curl http://x --data-urlencode 'a b'", "POST", "a%20b"),
        ("curl \\\n  http://x \\\r\n  -d a=1", "POST", "a=1"),
    ],
)
def test_command_is_parsed_as_curl_does(command, method, body):
    parsed = parse(command)
    assert (parsed.method, parsed.url, parsed.body) == (method, "http://x", body)


def test_credentials_are_parsed_with_both_options():
    assert parse("curl http://x -u a:b").user == "a:b"
    assert parse("curl http://x --user a:b").user == "a:b"
    assert parse("curl http://x").user is None


@pytest.mark.parametrize("character", ["\n", "\r", "\t", "\0", "\x7f", "\x85", "\ud800"])
@pytest.mark.parametrize(
    "command", ["-u 'a:{}b'", "-d 'a={}'", "-X 'A{}B'", "'http://x/{}'", "'-{}'"]
)
def test_control_character_in_any_value_is_refused(command, character):
    with pytest.raises(CurlError) as caught:
        parse(f"curl http://x {command.format(character)}")
    assert str(caught.value).startswith(f"A value contains the character {character!r}, which")
