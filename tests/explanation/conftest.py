from collections.abc import Iterator

import pytest
from shop import Shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.taskrouter.close()
