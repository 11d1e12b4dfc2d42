"""The reading edition: what Sphinx builds, read as a file and in Chromium."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from browser_tab import SCREENSHOTS, violations
from playwright.sync_api import BrowserContext, Page, expect

from helpers.installation import CLONE

WORKFLOW = CLONE / ".github" / "workflows" / "site.yml"
LESSONS = sorted((CLONE / "notebooks").glob("*.ipynb"))
SEEN = (
    "index",
    "local-taskrouter/README",
    "local-taskrouter/SUPPORT",
    "WORKSHOP",
    "notebooks/00-start-here",
    "notebooks/07-when-nobody-answers",
    "notebooks/08-why-was-it-not-routed",
    "notebooks/09-a-day-on-the-floor",
    "notebooks/10-test-your-app",
)
WIDTHS = (1400, 900, 420)
ASSETS = {"link": "href", "script": "src", "img": "src", "source": "srcset", "iframe": "src"}


class Markup(HTMLParser):
    """The ids, links and assets of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.assets: list[str] = []
        self.controls: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids.add(values.get("id", ""))
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if address := values.get(ASSETS.get(tag, "")):
            self.assets.append(address)
        if "widget" in values.get("type", ""):
            self.controls.append(tag)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built by the workflow's command."""
    pytest.importorskip("myst_nb", reason='the extra "docs" is not installed')
    steps = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["build"]["steps"]
    [command] = [step["run"] for step in steps if "sphinx-build" in step.get("run", "")]
    folder = tmp_path_factory.mktemp("site")
    _, *arguments, _ = shlex.split(command)
    assert "-W" in arguments  # a warning is an error
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", *arguments, folder],
        cwd=CLONE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (built.returncode, built.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Markup]:
    return {path: Markup(path) for path in site.rglob("*.html")}


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    page = window.new_page()
    yield page
    page.close()


def test_site_has_each_lesson_and_reference(site):
    expected = [f"notebooks/{path.stem}" for path in LESSONS] + list(SEEN)
    assert [name for name in expected if not (site / f"{name}.html").exists()] == []


def test_every_inside_link_leads_to_a_page_and_a_place_in_it(pages):
    broken = []
    for path, markup in pages.items():
        for link in [*markup.links, *markup.assets]:
            address = urlsplit(link)
            if address.scheme:
                continue
            target = (path.parent / unquote(address.path)).resolve() if address.path else path
            place = unquote(address.fragment)
            known = pages[target].ids if target in pages else set()
            if not target.is_file() or (place and place not in known):
                broken.append((path.name, link))
    assert broken == []


def test_no_asset_is_outside_the_site(site, pages):
    asked = [(path.name, one) for path, markup in pages.items() for one in markup.assets]
    outside = [one for one in asked if re.match(r"(https?:)?//", one[1])]
    for path in site.rglob("*.css"):
        outside += re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", path.read_text("utf-8"))
    assert asked
    assert outside == []


def test_controls_are_text(pages):
    assert [path.name for path, markup in pages.items() if markup.controls] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_fit_the_window_and_request_nothing_outside(page, site, theme):
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.emulate_media(color_scheme=theme)
    for name in SEEN:
        page.goto((site / f"{name}.html").as_uri())
        expect(page.locator(".cell_output").locator("button, input, select")).to_have_count(0)
        # Chromium scrolls long lines of code by keyboard too.
        found = violations(page, "article")
        assert [one for one in found if not one.startswith("scrollable-region")] == [], name
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 1600})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            page.screenshot(path=SCREENSHOTS / f"site-{name.replace('/', '-')}-{width}-{theme}.png")
    assert asked
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert wrong == []


def test_a_solution_unfolds(page, site):
    page.goto((site / "notebooks/00-start-here.html").as_uri())
    solution = page.locator("details", has_text="solution").last
    expect(solution.locator("pre")).to_be_hidden()
    solution.locator("summary").click()
    expect(solution.locator("pre")).to_be_visible()


def test_an_answer_to_a_prediction_is_folded(page, site):
    page.goto((site / "notebooks/00-start-here.html").as_uri())
    answer = page.get_by_alt_text("Spanish #1: reserved").first
    expect(answer).to_be_hidden()
    page.get_by_text("Show the output").first.click()
    expect(answer).to_be_visible()


def test_search_finds_a_lesson(page, site):
    page.goto((site / "search.html").as_uri() + "?q=timeout+Activity")
    expect(page.locator("#search-results a", has_text="When nobody answers").first).to_be_visible()
