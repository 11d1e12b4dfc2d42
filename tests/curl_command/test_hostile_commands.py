"""Whatever a command contains, the token goes only to TaskRouter, and curl touches no file."""

import shlex
import shutil
from base64 import b64encode
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from callback_receiver import CallbackReceiver
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.curl_command.send import CurlError, CurlFailed, curl
from helpers.session.request_log import RequestLog

SID, TOKEN = "AC" + "0" * 32, "secret-token"
BASIC = b64encode(f"{SID}:{TOKEN}".encode()).decode()
CANARY = "content of a file"
CREDENTIALS = f"{SID}:{TOKEN}"

ADDRESSES = (
    *("{taskrouter}/v1", "{other}/v1", "{taskrouter}@{host}/", "{taskrouter}\\@{host}/"),
    *("{taskrouter}#@{host}/", "{taskrouter}.{host}", "{taskrouter}0/", "{taskrouter}／{host}"),
    *(f"http://{CREDENTIALS}@{{host}}/", "http:{other}", "//{host}/", "HTTP://{host}?{taskrouter}"),
    *("{{{taskrouter},{other}}}", "file://{canary}", "http://[{host}]/", "http://１２７.0.0.1/"),
    *("{taskrouter}/\t", " {other}", "http://" + "a" * 70, "{other}/?" + TOKEN, "http://\u2100/"),
)
OPTIONS = (
    *("-u", "--user", "-d", "--data", "--data-urlencode", "-X", "--request", "-s", "--silent"),
    *("--next", "--url", "-L", "--location-trusted", "-x", "--proxy", "-K", "--config", "-q", "--"),
    *("-o", "-O", "-c", "-D", "--trace", "--libcurl", "-T", "-F", "--data-binary", "--json", "-b"),
    *("-H", "-e", "-A", "-E", "--connect-to", "--resolve", "--netrc-file", "-n", "-G", "-Z", "-v"),
    *("--variable", "--expand-url", "--oauth2-bearer", "-U", "--unix-socket", "--dump-header"),
)
VALUES = (
    *(
        CREDENTIALS,
        "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN",
        "${{TWILIO_AUTH_TOKEN}}",
        TOKEN,
        "GET",
    ),
    *("@{canary}", "a@{canary}", "a=@{canary}", "<{canary}", "{canary}", "out", "a=1", "-", "@-"),
    *(
        "X: " + TOKEN,
        "::{host}",
        "POST / HTTP/1.1",
        "\r\nHost: {host}",
        "\ud800",
        "\0",
        "{long}",
    ),
    *('"\nurl = "{other}/x', '"\nurl = {other}\n#', "\noutput = out\n#", "\ndata = @{canary}\n#"),
    *('\\"\nlocation-trusted', '"\x85url = "{other}', '"\u2028url = "{other}', '"\vurl = {other}'),
)
NOISE = st.text(st.characters(max_codepoint=0x1F), max_size=2) | st.text(max_size=6)


@st.composite
def commands(draw):
    """A command whose values are quoted as a shell needs it, or not at all."""
    part = st.sampled_from(ADDRESSES) | st.sampled_from(VALUES)
    value = st.builds("{}{}".format, part, NOISE.map(lambda text: text.replace("{", "")))
    known = st.sampled_from(OPTIONS[:9])
    options = draw(st.lists(st.tuples(known | st.sampled_from(OPTIONS), value | part), max_size=3))
    words = [word for option in options for word in option]
    words.insert(draw(st.integers(0, len(words))), draw(st.sampled_from(ADDRESSES) | part))
    quote = draw(st.sampled_from([shlex.quote, shlex.quote, str]))
    separator = draw(st.sampled_from([" ", " ", " \\\n", "\n"]))
    return separator.join(["curl", *map(quote, words)])


@st.composite
def accepted_commands(draw):
    """A command of known options alone, with hostile values."""
    address = draw(st.sampled_from(["{taskrouter}/v1", "{taskrouter}/v1", "{other}/v1"]))
    option = draw(st.sampled_from(["-d", "--data-urlencode"]))
    value = draw(st.sampled_from(VALUES) | st.sampled_from(ADDRESSES))
    password = draw(st.sampled_from(["$TWILIO_AUTH_TOKEN", TOKEN, TOKEN, 'a"\\', value]))
    user = f" -u {shlex.quote(f'{SID}:{password}')}"
    return f"curl {address} {option} {shlex.quote(value)}{draw(st.sampled_from([user, user, '']))}"


@pytest.fixture
def servers():
    taskrouter, other = CallbackReceiver(), CallbackReceiver()
    taskrouter.answer = lambda request: (307, "text/plain", "", other.url)
    yield taskrouter, other
    taskrouter.close()
    other.close()


@pytest.fixture(params=["curl", "requests"])
def sender(request, monkeypatch):
    if request.param == "requests":
        monkeypatch.setattr(shutil, "which", lambda program: None)
    elif not shutil.which("curl"):
        pytest.skip("curl is not installed")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder and the home folder, with a file that must stay the only one."""
    (tmp_path / "canary").write_text(CANARY)
    netrc = f"default login {SID} password {TOKEN}\n"
    (tmp_path / ".netrc").write_text(netrc)
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "CURL_HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def test_token_reaches_no_other_server_and_no_file_is_touched(servers, sender, folder, capsys):
    taskrouter, other = servers
    url, other_url = (server.url.rpartition("/")[0] for server in servers)
    names = {"taskrouter": url, "other": other_url, "host": urlsplit(other_url).netloc}
    names |= {"canary": str(folder / "canary"), "long": "x" * 200_000}
    client = SimpleNamespace(username=SID, password=TOKEN)
    session = SimpleNamespace(target="local", address=url, client=client, auth_token=TOKEN)
    session.requests, session.ensure_running = RequestLog(), lambda: None
    files = {path.name: path.read_text() for path in folder.iterdir()}
    with_token = []

    @settings(max_examples=150)
    @given(commands() | accepted_commands() | accepted_commands())
    @example(f"curl -u '{CREDENTIALS}\nurl = {{other}}/x' {{taskrouter}}/v1")
    @example(f"curl -u '{CREDENTIALS}\ndata = @{{canary}}\n#' {{taskrouter}}/v1")
    @example(f"curl -u '{CREDENTIALS}\noutput = out' {{taskrouter}}/v1")
    @example(f"curl '{{other}}/v1?{TOKEN}'")
    @example(f"curl {{taskrouter}}/v1 -u {CREDENTIALS}")
    @example("curl {taskrouter}/v1 -d @{canary} -u $TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN")
    def run(command):
        for name, value in names.items():
            command = command.replace(f"{{{name}}}", value)
        try:
            curl(session, command)
        except (CurlError, CurlFailed) as error:
            assert TOKEN not in str(error)
            assert len(str(error).splitlines()) == 1 and len(str(error)) < 400
        sent, leaked = str(taskrouter.requests), str(other.requests)
        with_token.append(BASIC in sent)
        taskrouter.requests.clear()
        assert TOKEN not in leaked and BASIC not in leaked and "Authorization" not in leaked
        assert CANARY not in sent + leaked
        assert {path.name: path.read_text() for path in folder.iterdir()} == files

    run()
    assert with_token.count(True) > 2
    assert len(other.requests) > 2
    assert TOKEN not in capsys.readouterr().out
