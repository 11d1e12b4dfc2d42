"""How the panels look: nothing overflows, nothing is cut, and a Task moves."""

import pytest
from browser_tab import TOO_WIDE, WIDTHS
from playwright.sync_api import Locator, expect
from timeout import becomes

# What overflows the output area, and what has more text than it shows.
MISPLACED = """area => {
  const place = area.getBoundingClientRect();
  const isCut = (one) => one.matches("button, label, td, th, div.widget-html-content")
      && one.scrollWidth > one.clientWidth + 1;
  return [...area.querySelectorAll(".tr-host *:not(option)")]
    .filter((one) => one.checkVisibility())
    .filter((one) => {
      const { left, right, width } = one.getBoundingClientRect();
      return width && (left < place.left - 1 || right > place.right + 1 || isCut(one));
    })
    .map((one) => one.outerHTML.slice(0, 150));
}"""
# Where a Task is drawn that moves: at the start, in the middle and at the end, and where its TaskQueue
# still shows it as gone. All at one moment, since JupyterLab may close its sidebar at any other.
TRAVEL = """picture => { window.travelled = new Promise((resolve) => {
  const leftOf = (one) => Math.round(one.getBoundingClientRect().left);
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...given) {
    const way = animate.apply(this, given), left = () => leftOf(this);
    Element.prototype.animate = animate;
    way.pause();
    const end = way.effect.getComputedTiming().duration;
    const places = [0, end / 2, end - 1].map((moment) => { way.currentTime = moment; return left(); });
    resolve([...places, leftOf(picture.querySelector("[data-key^=queue]"))]);
    way.finish();
    return way;
  };
  new MutationObserver((_, observer) => {
    const held = picture.querySelector("[data-key^=held]");
    if (!held) return;
    observer.disconnect();
    requestAnimationFrame(() => resolve([leftOf(held)]));
  }).observe(picture, { childList: true, subtree: true });
}); }"""


@pytest.fixture
def full_panels(tab, panels, lab) -> dict[str, Locator]:
    """The panels during a pending Reservation, each with as much content as it can show."""
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    expect(panels["workers"].get_by_text("has been asked about Spanish #1")).to_be_visible()
    panels["requests"].get_by_role("button", name="Edit, then send").click()
    panels["activity_toggle"].get_by_role("radio", name="Unavailable").click()
    panels["clock"].get_by_role("button", name="10 seconds later").click()
    panels["task_form"].get_by_role("button", name="Create Task").click()
    for name, shown in (
        ("requests", "Parameters"),
        ("activity_toggle", "Bob is Unavailable"),
        ("clock", "It is 10 s later"),
        ("task_form", "Spanish #2 waits"),
        ("reservation", "left to answer"),
    ):
        expect(panels[name].get_by_text(shown).first).to_be_visible()
    return panels


def test_panels_look_right_narrow_and_wide_in_both_themes(tab, full_panels):
    for theme in ("Light", "Dark"):
        tab.set_theme(f"JupyterLab {theme}")
        # A drawing has the colors of both themes, and takes those of the page's color-scheme.
        picture = full_panels["lifecycle"].locator("img")
        expect(picture).to_have_css("color-scheme", theme.lower())
        for width in WIDTHS:
            tab.give_outputs(width)
            for panel, output in full_panels.items():
                becomes([], output.evaluate, MISPLACED)
                expect(output.locator('[title="null"]:visible'), panel).to_have_count(0)
                becomes("", output.evaluate, TOO_WIDE)
                tab.shot(f"{panel}-{width}-{theme.lower()}", output)
        assert tab.violations() == []
    for width in (532, 902, 912):  # 912 is in a window as it opens
        tab.give_outputs(width)
        expect(full_panels["floor"].locator("svg text", has_text="…")).to_have_count(0)


def travel(tab, panels, lab) -> list[int]:
    panels["floor"].locator(".tr-host").evaluate(TRAVEL)
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    return tab.page.evaluate("window.travelled")


def test_task_moves_to_the_reserved_worker(tab, panels, lab):
    tab.page.emulate_media(reduced_motion="no-preference")
    expect(panels["floor"].locator("[data-tag]")).to_be_visible()
    start, middle, end, gone = travel(tab, panels, lab)
    assert start == pytest.approx(gone, abs=2)
    assert start < middle < end


def test_task_does_not_move_with_reduced_motion(tab, panels, lab):
    assert len(travel(tab, panels, lab)) == 1
