"""README and SUPPORT.md of local-taskrouter: the control routes, and links."""

import re
from pathlib import Path

import pytest
from local_taskrouter.http import control

README = Path(__file__).parents[2] / "local-taskrouter" / "README.md"
SUPPORT = README.with_name("SUPPORT.md")


def test_control_routes_are_described():
    methods = "GET|POST|PUT|DELETE"
    described = re.findall(
        rf"^### `({methods}) (/emulator\S*)`$", README.read_text("utf-8"), re.MULTILINE
    )
    documented = re.findall(rf"^({methods}) +(/emulator\S*)", control.__doc__ or "", re.MULTILINE)
    assert sorted(described) == sorted(documented)


@pytest.mark.parametrize("page", [README, SUPPORT], ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        if not target.startswith("https://"):
            file, _, heading = target.partition("#")
            linked = page.parent / file if file else page
            assert linked.exists(), target
            assert not heading or heading in anchors(linked.read_text("utf-8")), target


def anchors(text):
    """The anchors of the headings in Markdown, as GitHub makes them."""
    headings = re.findall(
        r"^#+ (.+)$",
        re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE),
        re.MULTILINE,
    )
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
