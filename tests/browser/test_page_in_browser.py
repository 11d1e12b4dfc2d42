"""The local TaskRouter's page at /emulator/ui: seen, read and used by mouse and keyboard."""

import json
import re
from collections.abc import Iterator

import pytest
from browser_tab import SCREENSHOTS, violations
from playwright.sync_api import BrowserContext, Page, expect
from workspace_builder import WorkspaceBuilder

from helpers.session.session import Session

WIDTHS = (1400, 900, 700)
MARKUP = '<img src=x onerror="alert(1)">'
OVERFLOWS = """() => [...document.querySelectorAll("#page *")].filter((one) => {
  const { right, width } = one.getBoundingClientRect();
  return width && right > document.documentElement.clientWidth + 1 && !one.closest(".tr-scroll, pre");
}).map((one) => one.outerHTML.slice(0, 150))"""
SMALL = """() => [...document.querySelectorAll("#page *")].filter((one) => one.checkVisibility()
    && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    && !one.matches(".mid") && parseFloat(getComputedStyle(one).fontSize) < 12)
  .map((one) => one.outerHTML.slice(0, 150))"""
FITS = "width => document.querySelector('#floor .tr-svg').width.baseVal.value < width"
CUT = """() => [...document.querySelectorAll(".tr-svg text, .tr-svg rect")].filter((one) => {
  const picture = one.ownerSVGElement.closest(".tr-panel").getBoundingClientRect();
  const { left, right, width } = one.getBoundingClientRect();
  return width && (left < picture.left || right > picture.right);
}).map((one) => one.outerHTML)"""
TAB_STOPS = """part => [...document.querySelectorAll(`${part} *`)]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility()).length"""


@pytest.fixture
def built(taskrouter: Session) -> WorkspaceBuilder:
    """A floor of two languages; Alice is Offline."""
    built = WorkspaceBuilder(taskrouter.client, "Support")
    spanish, english = (
        built.queue(f"Customer Care Requests - {name}", f'languages HAS "{code}"')
        for name, code in (("Spanish", "es"), ("English", "en"))
    )
    filters = [('selected_language == "es"', spanish), ('selected_language == "en"', english)]
    built.workflow(*filters, name="Incoming Customer Care Requests", task_reservation_timeout=1_200)
    built.alice = built.worker("Alice", "Offline", languages=["en", "es"])
    built.bob = built.worker("Bob", languages=["en"])
    return built


@pytest.fixture
def page(window: BrowserContext, taskrouter: Session, built) -> Iterator[Page]:
    """The page, opened by a link. No error, and no request to another server, may come up."""
    page, wrong = window.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    refused = "Failed to load resource: the server responded with a status of 40"
    page.on("console", lambda one: one.text.startswith(refused) or wrong.append(one.text))
    page.on(
        "request",
        lambda one: one.url.startswith(taskrouter.address) or wrong.append(one.url),
    )
    answer = taskrouter.client.request("POST", f"{taskrouter.address}/emulator/ui/link")
    page.goto(taskrouter.address + json.loads(answer.text)["path"])
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": WIDTHS[0], "height": 1_000})
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    yield page
    page.close()
    assert wrong == []


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")


def title(page: Page, part: str = "floor"):
    return page.locator(f"#{part} .tr-title").first


def allow_changes(page: Page) -> None:
    page.get_by_role("button", name="Allow changes").click()
    expect(page.get_by_text("changes allowed")).to_be_visible()


def ask_alice(page: Page, built: WorkspaceBuilder) -> None:
    """Create a Task in Spanish, and wait until the page shows that Alice is asked."""
    built.move(built.alice, "Available")
    built.task({"selected_language": "es"})
    expect(title(page)).to_contain_text("Spanish #1 is reserved for Alice.")


@pytest.mark.parametrize("may_change", [False, True])
def test_page_looks_right_at_every_width_in_both_themes(page, built, may_change):
    ask_alice(page, built)
    for code in ("es", "en", "es"):
        built.task({"selected_language": code})
    expect(page.locator("#tasks li")).to_have_count(4)
    if may_change:
        allow_changes(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1_000})
        page.wait_for_function(FITS, arg=width)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            kind = "narrow" if width < 760 else "wide"
            expect(page.locator(f"#floor svg[data-key={kind}]")).to_be_visible()
            assert page.evaluate(OVERFLOWS) == [], f"at {width}"
            assert page.evaluate(CUT) == [], f"at {width}"
            assert page.evaluate(SMALL) == []
            assert violations(page, "body") == [], f"at {width}, {theme}"
            shot(page, f"page-{'open-' if may_change else ''}{width}-{theme}")


def test_page_follows_what_programs_do(page, built):
    expect(title(page)).to_have_text("No Task has come in yet.")
    task = built.task({"selected_language": "es"})
    expect(title(page)).to_have_text("Spanish #1 waits: Alice matches but is Offline.")
    built.move(built.alice, "Available")
    expect(title(page)).to_contain_text("Spanish #1 is reserved for Alice.")
    expect(page.locator("#workers li").first).to_contain_text("has been asked about Spanish #1")
    built.answer(task, "accepted")
    expect(title(page)).to_have_text("Alice has Spanish #1.")
    expect(title(page, "tasks")).to_have_text("1 Task is with a Worker")
    expect(page.locator("#said")).to_have_text("Alice has Spanish #1.")


def test_page_without_a_workspace_says_how_to_begin(page, built):
    built.workspace.delete()
    expect(title(page)).to_have_text("There is no Workspace yet")
    assert violations(page, "body") == []
    shot(page, "page-empty")


def test_read_only_page_draws_no_button_that_changes_anything(page, built):
    ask_alice(page, built)
    expect(page.get_by_role("button")).to_have_text(["Allow changes", "Failed only"])
    allow_changes(page)
    for name in ("Accept", "Reject", "Jump there", "2 minutes later"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    page.get_by_role("button", name="Make read-only").click()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)


def test_worker_is_set_to_idle_and_accepts_by_keyboard_alone(page, built):
    task = built.task({"selected_language": "es"})
    allow_changes(page)
    page.locator("#workers li").first.focus()
    page.keyboard.press("Enter")  # into Alice's switch
    expect(page.get_by_role("radio", name="Offline").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    available = page.get_by_role("radio", name="Available").first
    expect(available).to_be_focused()
    page.keyboard.press("Enter")
    expect(available).to_have_attribute("aria-checked", "true")
    expect(available).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#workers li").first).to_be_focused()
    page.get_by_role("button", name="Accept").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#desk .tr-title").first).to_have_text("Alice has Spanish #1.")
    expect(page.get_by_role("button", name="Complete").first).to_be_focused()
    assert built.statuses(task) == ["accepted"]
    page.get_by_text("Show the call").click()
    expect(page.locator("#desk pre")).to_contain_text('.update(reservation_status="accepted")')
    page.keyboard.press("Tab")
    assert violations(page, "body") == []
    shot(page, "page-after-accept")


def test_each_list_is_one_tab_stop_and_arrow_keys_move_in_it(page, built):
    for number in range(5):
        built.worker(f"Worker {number}", "Offline")
    allow_changes(page)
    rows = page.locator("#workers li")
    expect(rows).to_have_count(7)
    assert page.evaluate(TAB_STOPS, "#workers") == 1
    rows.first.focus()
    for key, place in (("ArrowDown", 1), ("End", 6), ("ArrowDown", 0), ("ArrowUp", 6), ("Home", 0)):
        page.keyboard.press(key)
        expect(rows.nth(place)).to_be_focused()
    built.worker("Zoe", "Offline")
    expect(rows).to_have_count(8)
    expect(rows.first).to_be_focused()
    assert page.evaluate(TAB_STOPS, "#workers") == 1


def test_redraw_keeps_focus_folds_and_search(page, built):
    allow_changes(page)
    ask_alice(page, built)
    page.get_by_text("Every field").click()
    search = page.get_by_label("Search the traffic")
    search.fill("nothing like it")
    built.task({"selected_language": "es"})
    expect(page.locator("#tasks li")).to_have_count(2)
    expect(page.locator("#desk details")).to_have_attribute("open", "")
    expect(search).to_be_focused()
    expect(search).to_have_value("nothing like it")


def test_chosen_task_lights_its_way(page, built):
    ask_alice(page, built)
    built.task({"selected_language": "en"})
    row = page.locator("#tasks li", has_text="English #1")
    row.click()
    expect(title(page)).to_contain_text("English #1 is reserved for Bob.")
    expect(row).to_have_attribute("aria-current", "true")


def test_press_that_began_before_the_reservation_changed_answers_no_other(page, built):
    allow_changes(page)
    ask_alice(page, built)
    page.get_by_role("button", name="Accept").hover()
    page.mouse.down()
    first = built.workspace.tasks.list()[0]
    first.update(assignment_status="canceled")
    second = built.task({"selected_language": "es"})
    expect(page.locator("#desk .tr-title").first).to_have_text("Alice is asked about Spanish #2.")
    page.mouse.up()
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    assert built.statuses(second) == ["pending"]


def test_double_click_is_one_press(page, built):
    allow_changes(page)
    ask_alice(page, built)
    page.get_by_role("button", name="Accept").dblclick()
    expect(page.locator("#desk .tr-title").first).to_have_text("Alice has Spanish #1.")
    expect(page.locator("#alarm")).to_be_empty()


def test_jump_reaches_the_end_of_the_time_to_answer(page, built):
    allow_changes(page)
    ask_alice(page, built)
    page.get_by_role("button", name="Jump there").click()
    expect(page.get_by_text("TaskRouter cancels Spanish #1 in")).to_be_visible()
    [task] = built.workspace.tasks.list()
    assert built.statuses(task) == ["timeout"]


def test_refusal_is_said_in_the_apis_words(page, built):
    allow_changes(page)
    ask_alice(page, built)
    accept = page.get_by_role("button", name="Accept")
    accept.evaluate(
        "one => { one.dataset.values = one.dataset.values.replace(/WR\\w{6}/, 'WR000000'); }"
    )
    with page.expect_response("**/Reservations/WR000000*"):
        accept.click()
    expect(page.locator("#alarm")).to_contain_text("was not found")


def test_values_are_text_never_html(page, built):
    built.worker(MARKUP, languages=[MARKUP])
    built.queue(f"{MARKUP} - {MARKUP}")
    expect(page.locator("#workers li", has_text=MARKUP)).to_be_visible()
    expect(page.locator("#floor .tr-svg")).to_have_attribute("aria-label", re.compile("onerror"))
    expect(page.locator("#page img:not([src='ui/mark.svg'])")).to_have_count(0)


def test_page_says_when_its_session_or_taskrouter_is_gone(page, built):
    page.context.clear_cookies()
    expect(page.locator("#alarm")).to_contain_text("Run local-taskrouter ui")
    expect(page.get_by_text("no answer")).to_be_visible()
    expect(page.get_by_role("button", name="Allow changes")).to_have_count(0)


def test_waiting_task_is_explained_worker_by_worker(page, built):
    built.task({"selected_language": "es"})
    built.task({"selected_language": "es"})
    rows = page.locator("#tasks li")
    expect(rows).to_have_count(2)
    rows.nth(0).locator(".tr-chip").click()
    rows.nth(0).get_by_text("Worker by Worker").click()
    expect(rows.nth(0)).to_contain_text('Boblacks languages HAS "es": languages is ["en"]')
    expect(rows.nth(1).get_by_text("Worker by Worker")).to_have_count(0)
    built.move(built.bob, "Offline")
    expect(page.locator("#workers .tr-title")).to_contain_text("0 of 2 Workers")
    expect(rows.nth(0).locator("details")).to_have_attribute("open", "")
    assert violations(page, "body") == []
    shot(page, "page-explained")
    built.move(built.alice, "Available")
    expect(rows.nth(0)).to_contain_text("Alice has been asked.")
    expect(page.get_by_text("Worker by Worker")).to_have_count(0)
