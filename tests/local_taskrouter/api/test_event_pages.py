"""Events in pages: newest first, and a page costs what it shows, however many Events there are."""

from itertools import pairwise

import pytest

SIZE = 7


@pytest.fixture
def every(workspace, workflow, clock):
    """The SIDs of all Events, newest first; many are of one moment."""
    for number in range(12):
        workspace.tasks.create(workflow_sid=workflow.sid)
        clock.advance(number % 2)
    return [event.sid for event in workspace.events.list(page_size=1_000)]


def walk(api, address):
    """Every page from this one on, along next_page_url: [(SIDs, meta)]."""
    pages = []
    while address:
        body = api.session.get(address, timeout=10).json()
        pages.append(([event["sid"] for event in body["events"]], body["meta"]))
        address = body["meta"]["next_page_url"]
    return pages


def pages_of(api, path, **more):
    query = "&".join(f"{name}={value}" for name, value in {"PageSize": SIZE, **more}.items())
    return walk(api, f"{api.url}/v1{path}/Events?{query}")


def test_the_pages_together_are_the_list(api, path, every):
    pages = pages_of(api, path)
    assert len(every) > 3 * SIZE
    assert [sids for sids, _ in pages] == [
        every[start : start + SIZE] for start in range(0, len(every), SIZE)
    ]


def test_each_page_leads_back_to_the_one_before(api, path, every):
    pages = pages_of(api, path)
    assert pages[0][1]["previous_page_url"] is None
    for (before, _), (_, meta) in pairwise(pages):
        assert walk(api, meta["previous_page_url"])[0][0] == before


def test_a_full_last_page_leads_to_no_empty_one(api, path, every):
    ((sids, meta),) = pages_of(api, path, PageSize=len(every))
    assert sids == every and meta["next_page_url"] is None


def test_filters_hold_on_every_page(api, path, workspace, every):
    created = [event.sid for event in workspace.events.list(event_type="task.created")]
    pages = pages_of(api, path, EventType="task.created", PageSize=5)
    assert [len(sids) for sids, _ in pages] == [5, 5, 2]
    assert [sid for sids, _ in pages for sid in sids] == created


def test_what_happens_meanwhile_repeats_nothing(api, path, workspace, workflow, every):
    meta = pages_of(api, path)[0][1]
    workspace.tasks.create(workflow_sid=workflow.sid)
    assert [sid for sids, _ in walk(api, meta["next_page_url"]) for sid in sids] == every[SIZE:]


@pytest.mark.parametrize("number", [0, 1, 100])
def test_after_an_event_that_is_forgotten_the_number_of_the_page_counts(api, path, every, number):
    forgotten = "PAEV" + "f" * 32
    pages = pages_of(api, path, Page=number, PageToken=forgotten)
    assert [sid for sids, _ in pages for sid in sids] == every[SIZE * number :]


def test_a_page_reads_little_more_than_it_shows(api, path, every, emulator, monkeypatch):
    database = emulator.taskrouter.database
    read, counts = database.events, []

    def counting(*asked):
        found = read(*asked)
        counts.append(len(found))
        return found

    monkeypatch.setattr(database, "events", counting)
    pages_of(api, path)
    assert max(counts) == SIZE + 1 < len(every)
