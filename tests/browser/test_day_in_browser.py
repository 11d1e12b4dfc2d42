"""Notebook 09 in JupyterLab: its progress bar has a name, and nothing bars a screen reader."""

from playwright.sync_api import expect


def test_09_shows_how_far_it_has_come_and_its_pictures_in_both_themes(tab):
    tab.open("notebooks/09-a-day-on-the-floor.ipynb")
    tab.run_all()
    for name in ("Playing Monday", "Playing Tuesday and Wednesday"):
        bar = tab.outputs.get_by_role("progressbar", name=name)
        expect(bar).to_have_attribute("value", "100")
    assert tab.outputs.get_by_role("img").count() == 4
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        tab.set_theme(theme)
        picture = tab.output_of("pictures.waiting")
        picture.scroll_into_view_if_needed()
        tab.shot(f"waiting, {theme}", picture)
        assert tab.violations() == []
