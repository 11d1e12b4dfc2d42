"""Install what a test needs from a registry, or skip the test where that is not possible."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

NPM_SECONDS = 300


def skip_outside_ci(reason: str) -> NoReturn:
    """Skip the test for a reason, such as no network; in CI, fail."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def npm_install(folder: Path, *packages: str) -> Path:
    """Install packages of npm; return the folder `node_modules`, which is in `folder`."""
    program = shutil.which("npm")
    if not (program and shutil.which("node")):
        skip_outside_ci("This test needs node and npm, which are not installed.")
    command = [program, "install", "--no-package-lock", "--no-audit", "--no-fund"]
    command += ["--ignore-scripts", "--prefix", str(folder), *packages]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=NPM_SECONDS, check=False
    )
    if done.returncode:
        skip_outside_ci(
            f"npm could not install {' and '.join(packages)}: {done.stderr.strip()[-300:]}"
        )
    return folder / "node_modules"
