"""The parts of an installation: each is sound, or wrong in a way that has a fix.

Needs nothing but Python, because what it looks for may be missing.
"""

import operator
import os
import platform
import re
import site
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path

from helpers.installation import INSTALL

PROJECTS = ("taskrouter-notebooks", "local-taskrouter")
CLONE = Path(__file__).resolve().parents[2]
_WIDGETS_IN_LAB = "share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager/package.json"
_PACKAGES = ("helpers", "local-taskrouter/local_taskrouter")
_BOUNDS = {">=": operator.ge, "<": operator.lt}


@dataclass(frozen=True)
class Part:
    """One part of the installation; `verdict` is "ok" or what is wrong, `fix` what to do."""

    name: str
    verdict: str = "ok"
    fix: str = ""


def installed_parts(folder: Path) -> list[Part]:
    """This Python, every package the project declares, JupyterLab's widgets, and whether the
    helpers are those of the clone that `folder` is in.
    """
    return [*_python(), *_packages(), _drawing(), _clone(folder)]


def _pip_install(clone: Path = CLONE) -> str:
    return f'"{sys.executable}" -m pip install -e "{clone / "local-taskrouter"}" -e "{clone}"'


def _python() -> Iterator[Part]:
    try:
        wanted = metadata.metadata(PROJECTS[0])["Requires-Python"]
    except metadata.PackageNotFoundError:
        yield Part("this tutorial", "not installed", _pip_install())
        return
    yield python_part(platform.python_version(), wanted)


def python_part(version: str, wanted: str) -> Part:
    """Whether Python `version` lies in the `wanted` range."""
    if _lies_in(version, wanted):
        return Part("Python")
    fix = f"Make an environment with Python {wanted}, then in it: {INSTALL}"
    return Part("Python", f"{version} is not {wanted}", fix)


def _packages() -> Iterator[Part]:
    for text in dict.fromkeys(_declared()):
        yield package_part(text)


def _declared() -> Iterator[str]:
    """The requirements of the tutorial, then those of the local TaskRouter."""
    for project in PROJECTS:
        try:
            declared = metadata.requires(project) or []
        except metadata.PackageNotFoundError:
            continue  # the tutorial's own absence is a part; it requires local-taskrouter
        yield from (text for text in declared if "extra ==" not in text)


def package_part(declared: str) -> Part:
    """Whether the package that a requirement such as "twilio<10,>=9" names is there and sound."""
    name, wanted = re.fullmatch(r"\s*([\w.-]+)\s*(.*?)\s*", declared).groups()
    try:
        found = metadata.distribution(name)
        import_module(name.replace("-", "_"))
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
    fix = _pip_install(here)
    if not os.access(sys.prefix, os.W_OK):
        fix = f"Ask the host to install the tutorial that is in {here}"
    return Part(name, f"they come from {CLONE}", fix)


def _sources(clone: Path) -> dict[str, bytes]:
    """The Python files of both packages by name."""
    files = [file for name in _PACKAGES for file in (clone / name).rglob("*.py")]
    return {str(file.relative_to(clone)): file.read_bytes() for file in files}


def _is_a_clone(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in _PACKAGES)
