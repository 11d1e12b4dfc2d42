"""Read what an SVG drawing shows."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

SVG = "{http://www.w3.org/2000/svg}"


def attribute(element: Element, name: str) -> str:
    """The attribute's value; fails without one."""
    value = element.get(name)
    assert value is not None, f"<{element.tag}> has no {name}"
    return value


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]
