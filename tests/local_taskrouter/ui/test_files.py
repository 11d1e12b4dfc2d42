"""The front end's files: readable modules without markup, requests or inline style."""

import re
import shutil
import subprocess

import pytest
from local_taskrouter.ui import files

MODULES = sorted(name for name in files.NAMES if name.endswith(".js"))
ASKS = {"page.js"}


@pytest.mark.parametrize("name", MODULES)
def test_module_never_makes_elements_from_text_or_styles_inline(name):
    text = files.read(name)
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    )
    assert not re.findall(forbidden, text)
    assert not re.findall(r"\bstyle[:=]|\.style\.|\bon[a-z]+=", text)


@pytest.mark.parametrize("name", MODULES)
def test_only_the_page_sends_requests_and_only_to_its_server(name):
    text = files.read(name)
    asks = re.findall(r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon", text)
    assert bool(asks) == (name in ASKS)
    assert ("import(" in text) == (name == "shared.js")  # of what the kernel has sent
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text)


def test_html_has_no_inline_script_or_style():
    html = files.read("page.html")
    assert not re.findall(r"<style|style=|<script(?![^>]* src=)|\son\w+=", html)


def test_joined_module_is_valid_and_imports_nothing(tmp_path):
    """page.js imports every other module, so no two declare the same name."""
    joined = files.joined("page.js")
    assert not re.findall(r"^(import|export)\b", joined, re.MULTILINE)
    if node := shutil.which("node"):
        (tmp_path / "joined.mjs").write_text(joined, "utf-8")
        command = [node, "--check", tmp_path / "joined.mjs"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_module_comes_once_and_after_those_it_imports():
    joined = files.joined("floor.js", "floorPicture();")
    assert joined.count("function redraw(") == 1
    order = ["function el(", "const pill", "function widthOf(", "function floorPicture("]
    places = [joined.index(part) for part in order]
    assert places == sorted(places)
    assert joined.endswith("floorPicture();")
