"""Pages of Events: newest first, and the cost of a page does not depend on the number of Events."""

from itertools import pairwise

import pytest
from local_taskrouter.event_table import EventReader

SIZE = 7


@pytest.fixture
def event_sids(workspace, workflow, clock):
    """The SIDs of all Events, newest first; many of them at the same moment."""
    for number in range(12):
        workspace.tasks.create(workflow_sid=workflow.sid)
        clock.advance(number % 2)
    return [event.sid for event in workspace.events.list(page_size=1_000)]


def walk(api, address):
    """Follow next_page_url from `address`: [(SIDs, meta)]."""
    pages = []
    while address:
        body = api.session.get(address, timeout=10).json()
        pages.append(([event["sid"] for event in body["events"]], body["meta"]))
        address = body["meta"]["next_page_url"]
    return pages


def pages_of(api, path, **more):
    query = "&".join(f"{name}={value}" for name, value in {"PageSize": SIZE, **more}.items())
    return walk(api, f"{api.url}/v1{path}/Events?{query}")


def test_event_pages_together_equal_the_list(api, path, event_sids):
    pages = pages_of(api, path)
    assert len(event_sids) > 3 * SIZE
    assert [sids for sids, _ in pages] == [
        event_sids[start : start + SIZE] for start in range(0, len(event_sids), SIZE)
    ]


def test_previous_page_url_leads_to_the_page_before(api, path, event_sids):
    pages = pages_of(api, path)
    assert pages[0][1]["previous_page_url"] is None
    for (before, _), (_, meta) in pairwise(pages):
        assert walk(api, meta["previous_page_url"])[0][0] == before


def test_full_last_page_of_events_has_no_next_page(api, path, event_sids):
    ((sids, meta),) = pages_of(api, path, PageSize=len(event_sids))
    assert sids == event_sids and meta["next_page_url"] is None


def test_filters_apply_to_every_page(api, path, workspace, event_sids):
    created = [event.sid for event in workspace.events.list(event_type="task.created")]
    pages = pages_of(api, path, EventType="task.created", PageSize=5)
    assert [len(sids) for sids, _ in pages] == [5, 5, 2]
    assert [sid for sids, _ in pages for sid in sids] == created


def test_event_created_between_pages_repeats_none(api, path, workspace, workflow, event_sids):
    meta = pages_of(api, path)[0][1]
    workspace.tasks.create(workflow_sid=workflow.sid)
    assert [sid for sids, _ in walk(api, meta["next_page_url"]) for sid in sids] == event_sids[
        SIZE:
    ]


@pytest.mark.parametrize("number", [0, 1, 100])
def test_token_of_deleted_event_falls_back_to_page_number(api, path, event_sids, number):
    forgotten = "PAEV" + "f" * 32
    pages = pages_of(api, path, Page=number, PageToken=forgotten)
    assert [sid for sids, _ in pages for sid in sids] == event_sids[SIZE * number :]


def test_page_of_events_reads_at_most_one_event_more(api, path, event_sids, monkeypatch):
    read, counts = EventReader.events, []

    def counting(*query):
        counts.append(0)
        for event in read(*query):
            counts[-1] += 1
            yield event

    monkeypatch.setattr(EventReader, "events", counting)
    pages_of(api, path)
    assert max(counts) == SIZE + 1 < len(event_sids)
