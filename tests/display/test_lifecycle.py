from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from local_taskrouter.rules import lifecycle
from svg_parts import SVG, attribute

from helpers.display.lifecycle import lifecycle_svg, lifecycle_text, show_lifecycle


def drawn(now: int | None) -> ElementTree.Element:
    return ElementTree.fromstring(lifecycle_svg(now))


def labels(now: int | None) -> list[str]:
    return [" ".join(box.itertext()) for box in drawn(now).iter(f"{SVG}g")]


def test_text_marks_steps_done_and_lit():
    assert lifecycle_text(3) == (
        "✓ Task Created → ✓ eligible Worker becomes available → [Worker reserved] → "
        "Reservation accepted → Task assigned to Worker"
    )


def test_without_a_step_none_is_lit_or_done():
    assert lifecycle_text(None) == " → ".join(lifecycle.STEPS)
    assert not any("now" in label or "done" in label for label in labels(None))


def test_every_step_has_its_number_and_name():
    for number, (label, name) in enumerate(zip(labels(2), lifecycle.STEPS, strict=True), start=1):
        marked = "✓" if number < 2 else str(number)
        assert label == f"{marked} {name}{' now' if number == 2 else ''}"


def test_steps_differ_by_more_than_color():
    assert [label.split()[0] for label in labels(2)] == ["✓", "2", "3", "4", "5"]
    assert [label.endswith(" now") for label in labels(2)] == [False, True, False, False, False]
    circles = list(drawn(2).iter(f"{SVG}circle"))
    assert [c.get("stroke-dasharray") for c in circles] == [None, None, "3 3", "3 3", "3 3"]
    assert circles[1].get("r") != circles[0].get("r")


def test_drawing_has_a_title_and_a_description():
    svg = drawn(5)
    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "The lifecycle of a Task"
    assert svg.findtext(f"{SVG}desc") == lifecycle_text(5)


def test_drawing_fits_the_page():
    svg = drawn(1)
    width = int(attribute(svg, "width"))
    assert width <= 700
    circles = svg.iter(f"{SVG}circle")
    assert max(int(attribute(c, "cx")) + int(attribute(c, "r")) for c in circles) < width


@pytest.mark.parametrize("step", [4, "Reservation accepted"])
def test_notebook_shows_an_image_with_alternative_text(step):
    shown = show_lifecycle(step)._repr_mimebundle_()
    assert set(shown) == {"text/html", "text/plain"}
    image = ElementTree.fromstring(shown["text/html"].replace(">", "/>"))
    assert image.get("class") == "taskrouter-picture"
    assert image.get("alt") == shown["text/plain"] == lifecycle_text(4)
    assert unquote(attribute(image, "src")) == f"data:image/svg+xml,{lifecycle_svg(4)}"
    assert repr(show_lifecycle(step)) == lifecycle_text(4)


@pytest.mark.parametrize("step", [0, 6, "worker reserved", ""])
def test_unknown_step_is_refused_with_the_list(step):
    with pytest.raises(ValueError, match="The steps are: Task Created, eligible"):
        show_lifecycle(step)
