"""Whether everything that the notebooks need is installed, and what to do about what is not."""

import operator
import os
import platform
import re
import site
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from helpers.tables.table import Table, table

PROJECT = "taskrouter-notebooks"
CLONE = Path(__file__).resolve().parents[1]
_WIDGETS_IN_LAB = "share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager/package.json"
_BOUNDS = {">=": operator.ge, "<": operator.lt}
_NO_BUTTON = (
    "When this runs in JupyterLab, there is a button here. If you see none, run `pip install -e .` "
    "in the clone, start JupyterLab again and reload this page."
)


@dataclass(frozen=True)
class Part:
    """One part of the installation; `verdict` is "ok" or what is wrong, `fix` what to do."""

    name: str
    verdict: str = "ok"
    fix: str = ""


class Installation(widgets.VBox):
    """What was found: a sentence, a table, and a button that shows that clicks arrive."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self.table: Table = table(
            ["part", "verdict", "fix"], [[part.name, part.verdict, part.fix] for part in parts]
        )
        self.clicks = 0
        self.button = widgets.Button(description="Click me")
        self.label = widgets.Label("Not clicked yet.")
        shown = widgets.HTML(self._as_html())
        shown.add_class("jp-RenderedHTMLCommon")  # the looks of a table in JupyterLab
        super().__init__([shown, widgets.HBox([self.button, self.label])])
        self.button.on_click(self.on_button)

    @property
    def is_sound(self) -> bool:
        return all(part.verdict == "ok" for part in self.parts)

    @property
    def sentence(self) -> str:
        """The verdict on the whole."""
        if self.is_sound:
            return "Everything is installed. One thing is left to see: click the button."
        wrong = ", ".join(part.name for part in self.parts if part.verdict != "ok")
        return f"Not sound yet: {wrong}. Do what the column 'fix' says, then run this again."

    def on_button(self, _: widgets.Button) -> None:
        self.clicks += 1
        times = "once" if self.clicks == 1 else f"{self.clicks} times"
        self.label.value = f"Clicked {times}: controls work."

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.table}\n{_NO_BUTTON}"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        # The table is there also where no control can be drawn.
        return {
            **super()._repr_mimebundle_(**options),
            "text/html": f"{self._as_html()}<p>{escape(_NO_BUTTON)}</p>",
            "text/plain": repr(self),
        }

    def _as_html(self) -> str:
        return f"<p>{escape(self.sentence)}</p>{self.table._repr_html_()}"


def check_installation() -> Installation:
    """Look at this kernel's Python, at every package the project declares, and at JupyterLab.

    The result shows a table (part, verdict, fix; also in `.table`) and a button to click.
    """
    return Installation([*_python(), *_packages(), _drawing(), _clone(Path.cwd())])


def _pip_install() -> str:
    return f'"{sys.executable}" -m pip install -e "{CLONE}"'


def _python() -> Iterator[Part]:
    try:
        wanted = metadata.metadata(PROJECT)["Requires-Python"]
    except metadata.PackageNotFoundError:
        yield Part("this tutorial", "not installed", _pip_install())
        return
    yield python_part(platform.python_version(), wanted)


def python_part(version: str, wanted: str) -> Part:
    """Whether Python `version` lies in the `wanted` range."""
    if _lies_in(version, wanted):
        return Part("Python")
    fix = f"Make an environment with Python {wanted}, then in it: pip install -e ."
    return Part("Python", f"{version} is not {wanted}", fix)


def _packages() -> Iterator[Part]:
    try:
        declared = metadata.requires(PROJECT) or []
    except metadata.PackageNotFoundError:
        return
    for text in declared:
        if "extra ==" not in text:
            yield package_part(text)


def package_part(declared: str) -> Part:
    """Whether the package that a requirement such as "twilio<10,>=9" names is there and sound."""
    name, wanted = re.fullmatch(r"\s*([\w.-]+)\s*(.*?)\s*", declared).groups()
    try:
        found = metadata.distribution(name)
        import_module(name)
    except metadata.PackageNotFoundError:
        return Part(name, "not installed", _pip_install())
    except Exception as error:  # noqa: BLE001 - a broken package may raise anything
        again = f'"{sys.executable}" -m pip install --force-reinstall "{declared}"'
        return Part(name, f"cannot be imported: {type(error).__name__}: {error}", again)
    if not _lies_in(found.version, wanted):
        return Part(name, f"{found.version} is not {wanted}", _pip_install())
    if _leaks_in(Path(str(found.locate_file("")))):
        fix = "Start JupyterLab with the environment variable PYTHONNOUSERSITE=1"
        return Part(name, f"comes from {site.getusersitepackages()}", f"{fix}; {_pip_install()}")
    return Part(name)


def _lies_in(version: str, wanted: str) -> bool:
    """Whether `version` lies in a range of the kinds that pyproject.toml uses: ">=1.2,<3"."""
    bounds = [re.fullmatch(r"\s*(>=|<)\s*([\d.]+)\s*", one) for one in wanted.split(",") if one]
    return all(_BOUNDS[bound[1]](_numbers(version), _numbers(bound[2])) for bound in bounds)


def _numbers(version: str) -> tuple[int, ...]:
    """The release's numbers, without zeros at the end: "9.3.0rc1" is (9, 3)."""
    release = re.match(r"[\d.]*", version)[0].strip(".")
    numbers = [int(number) for number in release.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _leaks_in(folder: Path) -> bool:
    """Whether a package of the user's own folder shows through into an environment."""
    in_environment = sys.prefix != sys.base_prefix
    return in_environment and folder == Path(site.getusersitepackages())


def _drawing() -> Part:
    """Whether JupyterLab's extension for widgets is where JupyterLab looks for it."""
    name = "controls in JupyterLab"
    if any(Path(root, _WIDGETS_IN_LAB).is_file() for root in (sys.prefix, site.getuserbase())):
        return Part(name)
    fix = f'"{sys.executable}" -m pip install --force-reinstall jupyterlab_widgets'
    return Part(name, "the extension jupyterlab_widgets is missing", fix)


def _clone(folder: Path) -> Part:
    """Whether the helpers are those of the clone in whose `folder` the notebook is.

    On a JupyterHub the host installs them once, and learners have copies of the clone.
    """
    name = "helpers of this clone"
    here = next((one for one in [folder, *folder.parents] if _is_a_clone(one)), CLONE)
    if here.resolve() == CLONE or _sources(here) == _sources(CLONE):
        return Part(name)
    fix = f'"{sys.executable}" -m pip install -e "{here}"'
    if not os.access(sys.prefix, os.W_OK):
        fix = f"Ask the host to install the tutorial that is in {here}"
    return Part(name, f"they come from {CLONE}", fix)


def _sources(clone: Path) -> dict[str, bytes]:
    """The helpers' Python files by name."""
    helpers = clone / "helpers"
    return {str(file.relative_to(helpers)): file.read_bytes() for file in helpers.rglob("*.py")}


def _is_a_clone(folder: Path) -> bool:
    return (folder / "helpers" / "installation.py").is_file()
