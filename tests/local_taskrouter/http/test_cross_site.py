import pytest
import requests
from local_taskrouter.api.routes import ROUTES
from local_taskrouter.http import control
from local_taskrouter.http.cross_site import REFUSAL, is_cross_site
from local_taskrouter.process.server_identity import PATH

HOST = {"host": "127.0.0.1:8790"}
CHANGES = [
    *((route.method, route.path) for route in control.ROUTES if route.method != "GET"),
    *((route.method, f"/v1{route.path}") for route in ROUTES if route.method != "GET"),
]


@pytest.mark.parametrize(
    ("headers", "crosses"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8790"}, True),
        ({"origin": "http://127.0.0.1:8790"}, False),
        ({"origin": "http://127.0.0.1:8888"}, True),
        ({"origin": "http://localhost:8790"}, True),
        ({"origin": "null"}, True),
        ({"origin": "http://["}, True),
        # Through a proxy that rewrites Host.
        ({"sec-fetch-site": "same-origin", "origin": "https://hub.example.org"}, False),
    ],
)
def test_page_of_another_origin_is_recognized(headers, crosses):
    assert is_cross_site("POST", {**HOST, **headers}.get) is crosses
    assert is_cross_site("DELETE", {**HOST, **headers}.get) is crosses
    assert not is_cross_site("GET", {**HOST, **headers}.get)


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_every_change_is_refused_to_a_page_of_another_site(emulator, method, path):
    auth = (emulator.taskrouter.account_sid, emulator.taskrouter.auth_token)
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://127.0.0.1:8888"}):
        answer = requests.request(
            method, f"{emulator.url}{path}", headers=header, auth=auth, timeout=10
        )
        assert (answer.status_code, answer.json()["message"]) == (403, REFUSAL)


def test_own_page_and_programs_may_change_something(client, emulator):
    auth = (emulator.taskrouter.account_sid, emulator.taskrouter.auth_token)
    url = f"{emulator.url}/v1/Workspaces"
    for number, header in enumerate([{"Sec-Fetch-Site": "same-origin"}, {"Origin": emulator.url}]):
        data = {"FriendlyName": f"Office {number}"}
        assert requests.post(url, data, headers=header, auth=auth, timeout=10).status_code == 201
    client.taskrouter.v1.workspaces.create("Shop")


def test_no_page_of_another_site_reads_a_control_route(emulator):
    auth = (emulator.taskrouter.account_sid, emulator.taskrouter.auth_token)
    for path in (f"{PATH}?nonce={'a' * 32}", "/emulator", "/emulator/nothing"):
        answer = requests.get(f"{emulator.url}{path}", auth=auth, timeout=10)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    api = requests.get(f"{emulator.url}/v1/Workspaces", auth=auth, timeout=10)
    assert api.headers["Access-Control-Allow-Origin"] == "*"
