"""Check each part of an installation, and find the fix for a part that is wrong.

Imports only `packaging` beside the standard library, because anything else may be missing.
"""

import os
import platform
import site
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from helpers.installation import CLONE, INSTALL, PACKAGE, is_clone, pip_install
from helpers.installation.working_copy import is_working_copy

PROJECTS = ("taskrouter-notebooks", "local-taskrouter")
_WIDGETS_IN_LAB = "share/jupyter/labextensions/@jupyter-widgets/jupyterlab-manager/package.json"

MODULES = {"pyjwt": "jwt", "websocket-client": "websocket"}
"""The modules of packages that have another name."""


@dataclass(frozen=True)
class Part:
    """One part of the installation; `verdict` is "ok" or what is wrong, `fix` what to do."""

    name: str
    verdict: str = "ok"
    fix: str = ""


def installed_parts(folder: Path) -> list[Part]:
    """Check Python, every declared package, JupyterLab's widgets, and the clone that `folder` is in."""
    return [*_python(), *map(package_part, _requirements()), _widgets(), _helpers(folder)]


def _python() -> Iterator[Part]:
    try:
        required = metadata.metadata(PROJECTS[0])["Requires-Python"]
    except metadata.PackageNotFoundError:
        yield Part("this tutorial", "not installed", pip_install())
        return
    yield python_part(platform.python_version(), required)


def python_part(version: str, required: str) -> Part:
    """Check that Python `version` is in the `required` range."""
    if SpecifierSet(required).contains(version, prereleases=True):
        return Part("Python")
    fix = f"Create an environment with Python {required}, then in it: {INSTALL}"
    return Part("Python", f"{version} is not {required}", fix)


def _requirements() -> list[Requirement]:
    """Return the requirements of the tutorial, then those that only the local TaskRouter has."""
    texts: dict[str, None] = {}
    for project in PROJECTS:
        try:
            texts |= dict.fromkeys(metadata.requires(project) or [])
        except metadata.PackageNotFoundError:
            continue  # _python reports the tutorial, which requires local-taskrouter
    requirements = map(Requirement, texts)
    return [each for each in requirements if not each.marker or each.marker.evaluate({"extra": ""})]


def package_part(requirement: Requirement) -> Part:
    """Check that the package of `requirement` is installed, can be imported, and is in its range."""
    name = requirement.name
    try:
        found = metadata.distribution(name)
        import_module(MODULES.get(name, name.replace("-", "_")))
    except metadata.PackageNotFoundError:
        return Part(name, "not installed", pip_install())
    except Exception as error:  # noqa: BLE001 - a broken package may raise anything
        reinstall = f'"{sys.executable}" -m pip install --force-reinstall "{requirement}"'
        return Part(name, f"cannot be imported: {type(error).__name__}: {error}", reinstall)
    if not requirement.specifier.contains(found.version, prereleases=True):
        return Part(name, f"{found.version} is not {requirement.specifier}", pip_install())
    if _is_from_user_site(Path(str(found.locate_file("")))):
        fix = "Start JupyterLab with the environment variable PYTHONNOUSERSITE=1"
        return Part(name, f"comes from {site.getusersitepackages()}", f"{fix}; {pip_install()}")
    return Part(name)


def _is_from_user_site(folder: Path) -> bool:
    """Return True if an environment uses a package from the user's own site-packages."""
    in_environment = sys.prefix != sys.base_prefix
    return in_environment and folder == Path(site.getusersitepackages())


def _widgets() -> Part:
    """Check that JupyterLab finds its extension for widgets."""
    name = "controls in JupyterLab"
    if any(Path(root, _WIDGETS_IN_LAB).is_file() for root in (sys.prefix, site.getuserbase())):
        return Part(name)
    fix = f'"{sys.executable}" -m pip install --force-reinstall jupyterlab_widgets'
    return Part(name, "the extension jupyterlab_widgets is missing", fix)


def _helpers(folder: Path) -> Part:
    """Check that the installed packages are those of the clone that contains `folder`.

    On a JupyterHub the host installs them once, and each learner has a copy of the clone. The
    notebooks in a working copy come from what is installed, wherever it is.
    """
    name = "helpers of this clone"
    clone = next(filter(is_clone, [folder, *folder.parents]), None)
    if clone is None or clone.resolve() == CLONE or is_working_copy(folder):
        return Part(name)
    installed = find_spec("local_taskrouter")
    local_taskrouter = Path(installed.origin or "").parent if installed else PACKAGE
    in_clone = _sources(clone / "helpers", clone / "local-taskrouter" / "local_taskrouter")
    if in_clone == _sources(PACKAGE, local_taskrouter):
        return Part(name)
    fix = pip_install(clone)
    if not os.access(sys.prefix, os.W_OK):
        fix = f"Ask the host to install the tutorial that is in {clone}"
    return Part(name, f"they come from {CLONE}", fix)


def _sources(*packages: Path) -> list[dict[str, bytes]]:
    """Read the Python files of each package, by name."""
    return [
        {file.relative_to(package).as_posix(): file.read_bytes() for file in package.rglob("*.py")}
        for package in packages
    ]
