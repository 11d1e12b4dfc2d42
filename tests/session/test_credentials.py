import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.rest import Client

from helpers.session.credentials import NoCredentials, find_credentials

ACCOUNT, OTHER, KEY = "AC" + "3" * 32, "AC" + "5" * 32, "SK" + "4" * 32
TOKEN = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "the-token"}
API_KEY = {"TWILIO_API_KEY": KEY, "TWILIO_API_SECRET": "the-secret"}
PROFILE = {"accountSid": OTHER, "apiKey": KEY, "apiSecret": "kept"}


@pytest.fixture
def user(tmp_path):
    return tmp_path


@pytest.fixture
def cli(user):
    """Writes the twilio CLI's configuration."""

    def write(folder=".twilio-cli", **config):
        (user / folder).mkdir()
        (user / folder / "config.json").write_text(json.dumps(config))

    return write


def test_account_sid_and_auth_token_are_found(user):
    found = find_credentials(TOKEN, user)
    assert (found.account_sid, found.username, found.secret) == (ACCOUNT, ACCOUNT, "the-token")
    assert found.auth_token == "the-token"


def test_api_key_is_preferred_and_auth_token_kept_for_signatures(user):
    found = find_credentials(TOKEN | API_KEY, user)
    assert (found.account_sid, found.username, found.secret) == (ACCOUNT, KEY, "the-secret")
    assert found.auth_token == "the-token"
    assert find_credentials({"TWILIO_ACCOUNT_SID": ACCOUNT, **API_KEY}, user).auth_token is None


def test_region_and_edge_are_found(user):
    found = find_credentials(TOKEN | {"TWILIO_REGION": "ie1", "TWILIO_EDGE": "dublin"}, user)
    assert (found.region, found.edge) == ("ie1", "dublin")


def test_active_profile_of_the_cli_is_found(user, cli):
    cli(profiles={"main": PROFILE | {"region": "au1"}, "other": {}}, activeProject="main", edge="x")
    found = find_credentials({}, user)
    assert (found.account_sid, found.username, found.secret) == (OTHER, KEY, "kept")
    assert (found.auth_token, found.region, found.edge) == (None, "au1", "x")


def test_profile_is_found_in_twilio_config_dir(user, cli):
    cli("elsewhere", profiles={"main": PROFILE}, activeProject="main")
    environment = {"TWILIO_CONFIG_DIR": str(user / "elsewhere")}
    assert find_credentials(environment, user).account_sid == OTHER


def test_environment_takes_precedence_over_a_profile(user, cli):
    cli(profiles={"main": PROFILE}, activeProject="main")
    assert find_credentials(TOKEN, user).account_sid == ACCOUNT


def test_edge_from_the_environment_takes_precedence_over_a_profile(user, cli):
    cli(profiles={"main": PROFILE | {"edge": "dublin"}}, activeProject="main")
    assert find_credentials({}, user).edge == "dublin"
    assert find_credentials({"TWILIO_EDGE": "sydney"}, user).edge == "sydney"


@pytest.mark.parametrize("name", [*TOKEN, *API_KEY, "TWILIO_REGION", "TWILIO_EDGE"])
@pytest.mark.parametrize("slip", ["\u2019", " ", "\n", "\u00e9"])
def test_credential_with_a_foreign_character_is_reported_without_its_value(user, name, slip):
    pasted = {**TOKEN, **API_KEY, name: f"pasted{slip}"}
    with pytest.raises(NoCredentials, match=f"^{name} contains a character that no") as caught:
        find_credentials(pasted, user)
    assert "pasted" not in str(caught.value)


@pytest.mark.parametrize("missing", TOKEN)
def test_incomplete_environment_raises_even_with_a_profile(user, cli, missing):
    cli(profiles={"main": PROFILE}, activeProject="main")
    with pytest.raises(NoCredentials, match=f"^{missing} is not set\\. Set"):
        find_credentials({name: TOKEN[name] for name in TOKEN.keys() - {missing}}, user)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"profiles": {"main": PROFILE}, "activeProject": None},
        {"profiles": {"main": PROFILE}, "activeProject": "gone"},
        {"profiles": {"main": {"accountSid": OTHER, "apiKey": KEY}}, "activeProject": "main"},
        {"profiles": {"main": None}, "activeProject": "main"},
    ],
)
def test_configuration_without_a_usable_profile_raises(user, cli, config):
    cli(**config)
    with pytest.raises(NoCredentials, match="the twilio CLI has no active profile"):
        find_credentials({}, user)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "5",
        "\xff",
        '{"profiles": []}',
        '{"profiles": {"main": []}, "activeProject": "main"}',
        '{"profiles": {"main": "main"}, "activeProject": "main"}',
        '{"profiles": {"main": {"accountSid": 5}}, "activeProject": "main"}',
        '{"profiles": {"main": {"apiSecret": "a\\nb"}}, "activeProject": "main"}',
        '{"profiles": {"main": {"region": ["x"]}}, "activeProject": "main"}',
        '{"profiles": {"main": {"region": "x.example.com/"}}, "activeProject": "main"}',
        '{"profiles": {"main": {}}, "activeProject": []}',
        "[" * 100_000,
    ],
)
def test_damaged_configuration_is_named(user, cli, content):
    cli()
    (user / ".twilio-cli" / "config.json").write_text(content, "latin-1")
    with pytest.raises(
        NoCredentials, match=r"config\.json cannot be used .*`twilio login`, or set"
    ):
        find_credentials({}, user)
    assert find_credentials(TOKEN, user).account_sid == ACCOUNT


def test_configuration_that_is_a_folder_is_named(user):
    (user / ".twilio-cli" / "config.json").mkdir(parents=True)
    with pytest.raises(NoCredentials, match=r"config\.json cannot be used"):
        find_credentials({}, user)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([*PROFILE.values()]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.sampled_from([*PROFILE, "region", "edge"]), inner)
    ),
    max_leaves=8,
)
CONFIGURATIONS = st.fixed_dictionaries(
    {},
    optional={
        "profiles": st.dictionaries(st.just("main"), VALUES) | VALUES,
        "activeProject": st.just("main") | VALUES,
        "edge": VALUES,
    },
)


@given(st.binary() | st.builds(lambda value: json.dumps(value).encode(), CONFIGURATIONS | VALUES))
def test_whatever_the_configuration_contains_only_no_credentials_is_raised(
    tmp_path_factory, content
):
    folder = tmp_path_factory.getbasetemp() / "damaged cli"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_bytes(content)
    try:
        found = find_credentials({"TWILIO_CONFIG_DIR": str(folder)}, folder)
    except NoCredentials:
        return
    Client(found.username, found.secret, found.account_sid, region=found.region, edge=found.edge)
    f"{found.username}:{found.secret}".encode("ascii")


def test_repr_contains_neither_secret(user):
    shown = repr(find_credentials(TOKEN | API_KEY, user))
    assert "the-token" not in shown and "the-secret" not in shown and KEY in shown
