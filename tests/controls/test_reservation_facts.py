from datetime import UTC, datetime
from types import SimpleNamespace

from helpers.controls.reservation_facts import facts, rest

INSTANCE = SimpleNamespace(
    sid="WT1",
    date_created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    links={"reservations": "https://x"},
    reason=None,
    priority=0,
    age=5,
    _version=object(),
)


def test_values_are_written_as_the_api_writes_them():
    assert facts(INSTANCE, ["date_created", "links", "reason", "priority"]) == [
        ("date_created", "2026-01-02T03:04:05Z"),
        ("links", '{\n  "reservations": "https://x"\n}'),
        ("reason", ""),
        ("priority", 0),
    ]


def test_the_rest_is_whatever_else_there_is_by_name_but_for_the_age():
    names = [name for name, _ in rest(INSTANCE, ["sid", "date_created"])]
    assert names == ["links", "priority", "reason"]
