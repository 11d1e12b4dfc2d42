"""`pytest --live`: run the notebooks on real Twilio and compare their stored outputs.

Uses the credentials that `connect("live")` finds. The run keeps your environment, because it must
reach Twilio, so pytest runs notebooks only.
"""

import os
from pathlib import Path

import pytest

from helpers.session.api_errors import ConnectionFailed
from helpers.session.connect import connect
from helpers.session.workspace_ownership import WORKSPACES

LOCAL_ONLY = "local-only"
_SANITIZERS = Path(__file__).parent / "nbval_live.cfg"


class LiveNotebooks:
    """The pytest plugin of a live run."""

    def __init__(self, config: pytest.Config, folder: Path) -> None:
        """Connect, and give nbval the rules for what may differ.

        Ends the run with a message if Twilio cannot be reached.
        """
        os.environ["TASKROUTER_TARGET"] = "live"
        rules = folder / "sanitize.cfg"
        common = Path(config.option.nbval_sanitize_with).read_text("utf-8")
        rules.write_text(f"{common}\n{_SANITIZERS.read_text('utf-8')}", "utf-8")
        config.option.nbval_sanitize_with = str(rules)
        try:
            self._session = connect("live")
            self._workspaces = self._session.tutorial_workspaces
            self._existed_before = [name for name in WORKSPACES if self._workspaces.find(name)]
            self._notebook: pytest.Collector | None = None
        except ConnectionFailed as fault:
            pytest.exit(str(fault), pytest.ExitCode.USAGE_ERROR)

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        others = [item for item in items if item.path.suffix != ".ipynb"]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item.path.suffix == ".ipynb"]
        for item in items:
            if LOCAL_ONLY in item.cell.metadata.get("tags", []):
                item.add_marker(pytest.mark.skip("this cell needs the local TaskRouter"))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Create the Workspaces first, so that no notebook prints that it creates one."""
        if item.parent is not self._notebook:
            self._notebook = item.parent
            for name in WORKSPACES:
                self._workspaces.find_or_create(name)

    def pytest_unconfigure(self) -> None:
        """Remove the Workspaces that this run created."""
        for name in WORKSPACES:
            if name not in self._existed_before:
                self._workspaces.remove(name)
