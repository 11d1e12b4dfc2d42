"""`pytest --live`: the stored outputs of the notebooks as a test of what they are run against.

That is real Twilio, with the credentials that `connect("live")` finds, or whatever stands there in
its place. The run keeps your environment, because it must reach Twilio. So pytest runs
notebooks only.
"""

import os
from pathlib import Path

import pytest

from helpers.session.connect import ConnectionFailed, connect
from helpers.session.workspace_ownership import WORKSPACES, find, find_or_create, remove

LOCAL_ONLY = "local-only"
_SANITIZERS = Path(__file__).parent / "nbval_live.cfg"


class LiveNotebooks:
    """The pytest plugin of a live run."""

    def __init__(self, config: pytest.Config, folder: Path) -> None:
        """Connect, and tell nbval what may differ.

        Ends the run, with a sentence, when there is no real Twilio to be had.
        """
        os.environ["TASKROUTER_TARGET"] = "live"
        rules = folder / "sanitize.cfg"
        usual = Path(config.option.nbval_sanitize_with).read_text("utf-8")
        rules.write_text(f"{usual}\n{_SANITIZERS.read_text('utf-8')}", "utf-8")
        config.option.nbval_sanitize_with = str(rules)
        try:
            self._session = connect("live")
            self._were_there = [name for name in WORKSPACES if find(self._session, name)]
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
                find_or_create(self._session, name)

    def pytest_unconfigure(self) -> None:
        """Leave the account as it was."""
        for name in WORKSPACES:
            if name not in self._were_there:
                remove(self._session, name)
