from collections.abc import Iterator

import pytest
from workspace_builder import WorkspaceBuilder


@pytest.fixture
def shop() -> Iterator[WorkspaceBuilder]:
    shop = WorkspaceBuilder()
    yield shop
    shop.taskrouter.close()
