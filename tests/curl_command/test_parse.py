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
        ("curl file:///etc/passwd", "exactly one"),
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
        ("curl http://x", "GET", ""),
        ("curl -s http://x -d a=1 --data b=2", "POST", "a=1&b=2"),
        ("curl http://x -d a=1 -X put", "PUT", "a=1"),
        ("curl --request DELETE http://x", "DELETE", ""),
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
