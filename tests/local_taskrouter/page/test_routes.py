"""The page over HTTP: its link, its cookie, its headers, and what it refuses."""

import re

import pytest
import requests
from local_taskrouter.http.cross_site import REFUSAL
from local_taskrouter.page.routes import CONTENT_SECURITY_POLICY
from local_taskrouter.testing import LocalTaskRouter
from local_taskrouter.ui import files


@pytest.fixture
def page(emulator):
    """A browser's session: `page("GET", "/snapshot")`; `page.link()` is a new one-time link."""

    class Page(requests.Session):
        url = f"{emulator.url}/emulator/ui"
        auth_of_account = (emulator.taskrouter.account_sid, emulator.taskrouter.auth_token)

        def link(self):
            answer = requests.post(f"{self.url}/link", auth=self.auth_of_account, timeout=10)
            assert answer.status_code == 201
            return emulator.url + answer.json()["path"]

        def open(self):
            answer = self.get(self.link(), timeout=10)
            assert answer.status_code == 200
            return self

        def __call__(self, method, path, **options):
            return self.request(method, self.url + path, timeout=10, **options)

        def allow(self, allow="true"):
            assert self("POST", "/changes", data={"allow": allow}).status_code == 204

    with Page() as page:
        page.trust_env = False
        yield page


def test_link_opens_the_page_once(page):
    link = page.link()
    first = requests.get(link, timeout=10)
    assert first.status_code == 200 and "<title>Local TaskRouter</title>" in first.text
    second = requests.get(link, timeout=10)
    assert second.status_code == 401 and "local-taskrouter ui" in second.text


def test_link_needs_credentials(page):
    assert page("POST", "/link").status_code == 401
    page.open()
    assert page("POST", "/link").status_code == 401  # a session makes no links


def test_cookie_is_hidden_from_scripts_and_other_sites_and_bound_to_the_page(page, emulator):
    cookie = requests.get(page.link(), timeout=10).headers["Set-Cookie"]
    name, *attributes = cookie.lower().split("; ")
    assert name.startswith(f"taskrouter-ui-{emulator.port}=") and len(name) > 50
    assert {"httponly", "samesite=strict", "path=/emulator/ui"} <= set(attributes)


def test_reload_needs_no_link(page):
    page.open()
    assert page("GET", "").status_code == 200
    assert page("GET", "?code=used").status_code == 200
    assert "Set-Cookie" not in page("GET", "").headers


@pytest.mark.parametrize("path", ["", "/snapshot", "/page.js", "/look.css", "/nothing"])
def test_without_a_session_nothing_is_served_and_no_password_is_asked_for(page, path):
    for auth in (None, page.auth_of_account):
        answer = page("GET", path, auth=auth)
        assert answer.status_code == 401 and "local-taskrouter ui" in answer.text
        assert "WWW-Authenticate" not in answer.headers


def test_session_serves_the_page_alone(page, emulator):
    page.open()
    for path in ("/emulator", "/emulator/state", "/emulator/deliveries", "/v1/Workspaces"):
        assert page.get(emulator.url + path, timeout=10).status_code == 401
    page.allow()
    assert page("POST", "/reset").status_code == 404
    assert page("POST", "/state").status_code == 404
    assert page("GET", "/v1/Workspaces").status_code == 404


def test_every_response_has_a_strict_policy_and_is_stored_nowhere(page):
    page.open()
    for path in ("", "/snapshot", "/page.js", "/look.css", "/mark.svg"):
        headers = page("GET", path).headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert not [name for name in headers if name.lower().startswith("access-control")]
    allowed = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert allowed.pop("default-src") == "'none'"
    assert set(allowed.values()) <= {"'none'", "'self'", "'script'"}


def test_page_names_only_its_own_files(page):
    page.open()
    html = page("GET", "").text
    named = re.findall(r'(?:href|src)="([^"]+)"', html)
    assert {name.removeprefix("ui/") for name in named} <= files.NAMES
    for name in named:
        answer = page("GET", f"/{name.removeprefix('ui/')}")
        kind = answer.headers["Content-Type"].partition(";")[0]
        assert (answer.status_code, kind) == (200, files.TYPES[name[name.rindex(".") :]])
    assert page("GET", "/files.py").status_code == 404
    assert page("GET", "/../app.py").status_code in (401, 404)


def test_read_only_session_changes_nothing(page, built, alice, emulator):
    page.open()
    path = f"/v1/Workspaces/{built.workspace_sid}/Workers/{alice.sid}"
    form = {"ActivitySid": built.activities["Offline"]}
    for refused in (page("POST", path, data=form), page("POST", "/clock", data={"advance": 9})):
        assert refused.status_code == 403 and "Allow changes" in refused.json()["message"]
    assert page("GET", "/snapshot").json()["may_change"] is False
    assert alice.fetch().activity_name == "Available"


def test_allowed_session_changes_as_a_program_does(page, built, alice, clock):
    page.open().allow()
    assert page("GET", "/snapshot").json()["may_change"] is True
    path = f"/v1/Workspaces/{built.workspace_sid}/Workers/{alice.sid}"
    answer = page("POST", path, data={"ActivitySid": built.activities["Offline"]})
    assert answer.json()["activity_name"] == "Offline"
    assert "Access-Control-Allow-Origin" not in answer.headers
    before = clock.now()
    assert page("POST", "/clock", data={"advance": "60"}).status_code == 200
    assert clock.now() == before + 60
    page.allow("false")
    assert page("POST", "/clock", data={"advance": "60"}).status_code == 403


def test_refused_change_has_the_apis_sentence(page, built, task, reservation):
    page.open().allow()
    reservation.update(reservation_status="accepted")
    path = f"/v1/Workspaces/{built.workspace_sid}/Tasks/{task.sid}"
    answer = page("POST", path, data={"AssignmentStatus": "canceled"})
    assert answer.status_code == 400 and "Cannot cancel task" in answer.json()["message"]
    assert page("POST", "/changes", data={"allow": "maybe"}).status_code == 400


@pytest.mark.parametrize("path", ["/link", "/changes", "/clock", "/v1/Workspaces"])
@pytest.mark.parametrize(
    "header", [{"Sec-Fetch-Site": "same-site"}, {"Origin": "http://127.0.0.1:8888"}]
)
def test_page_of_another_site_is_refused(page, path, header):
    page.open().allow()
    answer = page("POST", path, headers=header, auth=page.auth_of_account)
    assert (answer.status_code, answer.json()["message"]) == (403, REFUSAL)


def test_session_of_one_taskrouter_opens_no_other(page):
    """A browser sends cookies to every port of a host."""
    page.open()
    with LocalTaskRouter() as other:
        assert page.get(f"{other.url}/emulator/ui/snapshot", timeout=10).status_code == 401
