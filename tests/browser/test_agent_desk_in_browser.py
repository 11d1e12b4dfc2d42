"""The example of an agent's page, on Twilio's taskrouter.js: examples/agent-desk."""

import re
import runpy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from browser_tab import SCREENSHOTS, violations
from killed_office import KilledOffice
from local_taskrouter.environment import variables
from local_taskrouter.testing import LocalTaskRouter
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import make_server
from workspace_builder import WorkspaceBuilder


@pytest.fixture
def office() -> Iterator[LocalTaskRouter]:
    """A TaskRouter of its own, where Alice, who is Offline, speaks Spanish."""
    with LocalTaskRouter() as office:
        office.resume()
        office.built = WorkspaceBuilder(office.client, "Support")
        office.built.worker("Alice", "Offline", languages=["es"])
        office.built.workflow(default=office.built.queue("Spanish", 'languages HAS "es"'))
        office.built.queue("English", 'languages HAS "en"')
        office.built.bob = office.built.worker("Bob", languages=["en"])
        yield office


@pytest.fixture
def desk(example, office, window: BrowserContext, monkeypatch) -> Iterator[Page]:
    """Alice's page. No error but a refusal, and no request to another server, may come up."""
    with serving(example, office.env, monkeypatch) as address:
        yield from watched(window.new_page(), address, urlsplit(office.url).netloc)


@contextmanager
def serving(example, environment, monkeypatch) -> Iterator[str]:
    """Serve the example; yield its address."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    app = runpy.run_path(str(example / "app.py"))["app"]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()


def watched(page: Page, address: str, taskrouter: str) -> Iterator[Page]:
    """Open Alice's page; in the end, nothing unexpected may have come up."""
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda one: re.search("status of (400|503)", one.text) or wrong.append(one.text)
    )
    own = {urlsplit(address).netloc, taskrouter}
    page.on("request", lambda one: urlsplit(one.url).netloc in own or wrong.append(one.url))
    page.goto(f"{address}/?worker=Alice")
    expect(page.get_by_role("heading", name="Alice’s desk")).to_be_visible()
    yield page
    page.close()
    assert wrong == []


def status(office: LocalTaskRouter, task) -> str:
    return office.built.workspace.tasks(task.sid).fetch().assignment_status


def test_agent_answers_a_task_from_idle_to_completed(desk, office):
    desk.get_by_label("Activity").select_option("Available")
    task = office.built.task({"language": "es", "customer": "<b>Carmen</b>"})
    expect(
        desk.get_by_role("heading", name="A Task from Spanish is waiting for you")
    ).to_be_visible()
    expect(desk.get_by_text('"customer": "<b>Carmen</b>"')).to_be_visible()
    expect(desk.get_by_label(re.compile("seconds left to answer"))).to_be_visible()
    for scheme in ("light", "dark"):
        desk.emulate_media(color_scheme=scheme)
        desk.screenshot(path=SCREENSHOTS / f"agent-desk-{scheme}.png")
        assert violations(desk, "main") == []
    desk.get_by_role("button", name="Accept").click()
    expect(desk.get_by_role("heading", name="A Task from Spanish is with you")).to_be_visible()
    assert status(office, task) == "assigned"
    desk.get_by_role("button", name="Wrap up").click()
    expect(
        desk.get_by_role("heading", name="A Task from Spanish is being wrapped up")
    ).to_be_visible()
    desk.get_by_role("button", name="Complete").click()
    expect(desk.get_by_role("status")).to_have_text("No customer is waiting for you.")
    assert status(office, task) == "completed"


def test_page_follows_what_others_do(desk, office):
    built = office.built
    [alice] = built.workspace.workers.list(friendly_name="Alice")
    built.move(alice, "Available")
    expect(desk.get_by_label("Activity")).to_have_value(built.activities["Available"])
    task = built.task({"language": "es"})
    expect(desk.get_by_role("button", name="Accept")).to_be_visible()
    built.workspace.tasks(task.sid).update(assignment_status="canceled")
    expect(desk.get_by_role("button", name="Accept")).to_have_count(0)
    desk.get_by_text("What the page has heard").click()
    expect(desk.get_by_text(re.compile("canceled: WR"))).to_be_visible()


def test_page_says_what_taskrouter_refuses(desk, office):
    desk.get_by_label("Activity").select_option("Available")
    task = office.built.task({"language": "es"})
    accept = desk.get_by_role("button", name="Accept")
    expect(accept).to_be_visible()
    office.faults.add(status=503, method="POST", path="*/Reservations/*")
    accept.click()
    expect(desk.get_by_role("status")).to_contain_text("503")
    accept.click()
    expect(desk.get_by_role("heading", name="A Task from Spanish is with you")).to_be_visible()
    assert status(office, task) == "assigned"


def test_agent_transfers_a_task_cancels_and_transfers_again(desk, office):
    built = office.built
    desk.get_by_label("Activity").select_option("Available")
    task = built.task({"language": "es"})
    desk.get_by_role("button", name="Accept").click()
    desk.get_by_label("Transfer to").select_option("Bob")
    desk.screenshot(path=SCREENSHOTS / "agent-desk-transfer.png")
    assert violations(desk, "main") == []
    desk.get_by_role("button", name="Transfer", exact=True).click()
    going = desk.get_by_role("heading", name="A Task from Spanish is on its way to Bob")
    expect(going).to_be_visible()
    assert built.statuses(task) == ["accepted", "pending"]
    desk.reload()
    desk.get_by_role("button", name="Cancel transfer").click()
    expect(desk.get_by_role("heading", name="A Task from Spanish is with you")).to_be_visible()
    assert status(office, task) == "assigned"
    desk.get_by_label("Transfer to").select_option("English")
    desk.get_by_label("How").select_option("cold")
    desk.get_by_role("button", name="Transfer", exact=True).click()
    expect(desk.get_by_role("heading", name="is on its way to English")).to_be_visible()
    built.answer(task, "accepted")
    wrapping = desk.get_by_role("heading", name=re.compile("is being wrapped up"))
    expect(wrapping).to_be_visible()
    desk.get_by_role("button", name="Complete").click()
    expect(desk.get_by_role("status")).to_have_text("No customer is waiting for you.")
    assert (status(office, task), built.statuses(task)) == (
        "assigned",
        ["completed", "canceled", "accepted"],
    )


def test_page_says_why_a_transfer_is_refused_or_failed(desk, office):
    built = office.built
    desk.get_by_label("Activity").select_option("Available")
    task = built.task({"language": "es"})
    desk.get_by_role("button", name="Accept").click()
    built.move(built.bob, "Offline")
    transfer = desk.get_by_role("button", name="Transfer", exact=True)
    transfer.click()
    expect(desk.get_by_role("status")).to_contain_text("(Bob), who is Offline")
    built.move(built.bob, "Available")
    transfer.click()
    expect(desk.get_by_role("heading", name="is on its way to Bob")).to_be_visible()
    built.answer(task, "rejected")
    expect(transfer).to_be_visible()
    desk.get_by_text("What the page has heard").click()
    expect(desk.get_by_text(re.compile("transfer failed: TT"))).to_be_visible()


def test_pages_show_the_truth_after_a_kill_and_a_restart(
    example, running_home, window, monkeypatch
):
    office = KilledOffice(running_home)
    given = variables(office.url, *running_home.credentials())
    with serving(example, given, monkeypatch) as address:
        pages = {name: window.new_page() for name in ("Alice", "Bob")}
        for name, page in pages.items():
            page.goto(f"{address}/?worker={name}")
            expect(page.get_by_role("button", name="Accept")).to_be_visible()
        office.kill_and_restart()
        alice, bob = pages.values()
        expect(bob.get_by_role("heading", name="A Task from Spanish is with you")).to_be_visible()
        expect(alice.get_by_role("status")).to_have_text("No customer is waiting for you.")
        expect(alice.get_by_label("Activity").locator("option:checked")).to_have_text("Offline")
        expect(alice.get_by_role("article")).to_have_count(0)
        bob.get_by_role("button", name="Complete").click()
        alices = bob.get_by_role("heading", name="A Task from Spanish is waiting for you")
        expect(alices).to_be_visible()
        expect(bob.get_by_role("article")).to_have_count(1)
        for page in pages.values():
            page.close()
