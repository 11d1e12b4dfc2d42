"""Pages of lists, and the URLs that the official SDK follows."""

import pytest
from local_taskrouter.api import task_filters, workers

ADDRESSES = ("first_page_url", "previous_page_url", "url", "next_page_url")


@pytest.fixture
def many(workspace, workflow):
    """The SIDs of 120 pending Tasks, oldest first."""
    return [workspace.tasks.create(workflow_sid=workflow.sid).sid for _ in range(120)]


def follow(api, address):
    """Fetch the page at this URL: (SIDs, meta)."""
    response = api.session.get(address, timeout=10)
    assert response.status_code == 200, response.text
    body = response.json()
    return [item["sid"] for item in body[body["meta"]["key"]]], body["meta"]


def test_sdk_reads_all_pages(workspace, many, session):
    assert [task.sid for task in workspace.tasks.list(page_size=50)] == many
    list_requests = [e.path for e in session.requests if e.method == "GET" and "Tasks" in e.path]
    assert len(list_requests) == 3


def test_default_page_size_is_50(api, path, many):
    for size, expected in ((None, 50), (7, 7), (1_000, 120)):
        body = api.get(f"{path}/Tasks", **({"PageSize": size} if size else {})).json()
        assert len(body["tasks"]) == expected
        assert body["meta"]["page_size"] == (size or 50)


def test_page_urls_lead_forward_and_back(api, path, many):
    address = f"{api.url}/v1{path}/Tasks?AssignmentStatus=pending&PageSize=50"
    pages = []
    while address is not None:
        sids, meta = follow(api, address)
        pages.append((sids, meta))
        assert all(meta[name] is None or meta[name].startswith(api.url) for name in ADDRESSES)
        assert all("AssignmentStatus=pending" in meta[name] for name in ADDRESSES if meta[name])
        address = meta["next_page_url"]
    assert [len(sids) for sids, _ in pages] == [50, 50, 20]
    assert [sid for sids, _ in pages for sid in sids] == many
    for number, (sids, meta) in enumerate(pages):
        assert meta["page"] == number
        assert follow(api, meta["url"])[0] == sids
        assert follow(api, meta["first_page_url"])[0] == many[:50]
    assert pages[0][1]["previous_page_url"] is None
    assert follow(api, pages[1][1]["previous_page_url"])[0] == many[:50]
    assert follow(api, pages[2][1]["previous_page_url"])[0] == many[50:100]


def test_urls_have_the_host_of_the_request(api, path, many):
    answer = api.request("GET", f"/v1{path}/Tasks", headers={"Host": "my.machine:1234"}).json()
    for name in ("first_page_url", "url", "next_page_url"):
        assert answer["meta"][name].startswith(f"http://my.machine:1234/v1{path}/Tasks?")
    assert answer["tasks"][0]["url"].startswith(f"http://my.machine:1234/v1{path}/Tasks/WT")


def test_deleting_while_listing_reaches_each_task_once(workspace, many):
    for task in workspace.tasks.stream(page_size=50):
        many.remove(task.sid)
        workspace.tasks(task.sid).delete()
    assert many == [] and workspace.tasks.list() == []


def test_tasks_deleted_between_pages_hide_and_repeat_none(api, workspace, path, many):
    _, meta = follow(api, f"{api.url}/v1{path}/Tasks?PageSize=50")
    for sid in (many[3], many[48], many[49], many[50], many[119]):
        workspace.tasks(sid).delete()
    second, meta = follow(api, meta["next_page_url"])
    assert second == many[51:101]
    assert follow(api, meta["url"])[0] == second
    left = [task.sid for task in workspace.tasks.list()]
    assert follow(api, meta["previous_page_url"])[0] == left[:50]


def test_task_created_between_pages_is_on_the_last_page(api, workspace, workflow, path, many):
    _, meta = follow(api, f"{api.url}/v1{path}/Tasks?PageSize=119")
    new = workspace.tasks.create(workflow_sid=workflow.sid).sid
    assert follow(api, meta["next_page_url"])[0] == [many[119], new]


def test_token_of_deleted_task_works_in_order_of_priority(api, workspace, path, many):
    workspace.tasks(many[60]).update(priority=5)
    _, meta = follow(api, f"{api.url}/v1{path}/Tasks?Ordering=Priority:desc&PageSize=1")
    assert meta["next_page_url"].endswith(f"PageToken=PA{many[60]}-{number(meta)}")
    workspace.tasks(many[60]).delete()
    assert follow(api, meta["next_page_url"])[0] == [many[1]]


def number(meta):
    return meta["next_page_url"].rsplit("-", 1)[1]


def test_token_with_only_a_sid_is_accepted(api, path, many):
    address = f"{api.url}/v1{path}/Tasks?PageSize=2&PageToken=PA{many[9]}"
    assert follow(api, address)[0] == many[10:12]


@pytest.mark.parametrize("token", ["", "PA", "PAWT-1-1", "x" * 999, "PAWT-99999999999999999999"])
def test_malformed_token_causes_no_error(api, path, many, token):
    for part in ("Tasks", "Events"):
        params = {"PageToken": token, "Page": 1, "PageSize": 100}
        assert api.get(f"{path}/{part}", **params).status_code == 200


def test_page_number_without_token_is_rejected(api, path):
    response = api.get(f"{path}/Tasks", Page=1)
    assert (response.status_code, response.json()["code"]) == (400, 40153)
    assert "next_page_url" in response.json()["message"]
    assert api.get(f"{path}/Tasks", Page=0).status_code == 200


@pytest.mark.parametrize("size", ["0", "-1", "1001", "many"])
def test_page_size_out_of_range_is_rejected(api, path, size):
    assert api.get(f"{path}/Tasks", PageSize=size).status_code == 400


def test_empty_list_has_one_page(api, path):
    body = api.get(f"{path}/Tasks").json()
    assert body["tasks"] == [] and body["meta"]["next_page_url"] is None
    assert set(body["meta"]) == {*ADDRESSES, "page", "page_size", "key"}


@pytest.fixture
def looked_at(monkeypatch):
    """The records that filters of Tasks and Workers have looked at, in that order."""
    seen = []
    for module in (task_filters, workers):

        def passes(call, record, original=module._passes):
            seen.append(record.sid)
            return original(call, record)

        monkeypatch.setattr(module, "_passes", passes)
    return seen


def test_page_looks_at_its_own_records_and_one_on_each_side(api, path, many, looked_at):
    _, meta = follow(api, f"{api.url}/v1{path}/Tasks?PageSize=10")
    assert looked_at == many[:11]
    looked_at.clear()
    follow(api, meta["next_page_url"])
    assert looked_at == [*many[10:21], *many[9::-1]]


@pytest.mark.parametrize("ordering", ["Priority:desc", "DateCreated:desc,Priority", "Priority"])
def test_page_in_an_ordering_looks_at_its_own_records(api, path, many, looked_at, ordering):
    follow(api, f"{api.url}/v1{path}/Tasks?PageSize=10&Ordering={ordering}")
    assert looked_at == many[:11]


def test_list_by_status_looks_only_at_tasks_in_that_status(api, workspace, path, many, looked_at):
    for sid in (many[70], many[3]):
        workspace.tasks(sid).update(assignment_status="canceled")
    found, _ = follow(api, f"{api.url}/v1{path}/Tasks?AssignmentStatus=canceled,assigned,canceled")
    assert found == looked_at == [many[3], many[70]]


def test_workers_by_activity_are_found_without_the_others(api, built, path, looked_at):
    sids = [
        built.worker(name, activity).sid
        for name, activity in zip("abcd", ["Offline"] * 3 + ["Available"])
    ]
    for filters in (
        "ActivityName=Offline",
        "Available=false",
        f"ActivitySid={built.activities['Offline']}",
    ):
        looked_at.clear()
        assert follow(api, f"{api.url}/v1{path}/Workers?{filters}")[0] == looked_at == sids[:3]


def test_page_after_many_records_that_do_not_pass_is_complete(api, path, many, monkeypatch):
    monkeypatch.setattr("local_taskrouter.api.lists.LOOKED_AT", 4)
    monkeypatch.setattr("local_taskrouter.api.lists.TESTED", 4)
    address = f"{api.url}/v1{path}/Tasks?PageSize=50"
    for filters in ("", "&Priority=0", "&EvaluateTaskAttributes=1==1", "&Ordering=Priority"):
        sids, meta = follow(api, address + filters)
        assert sids == many[:50]
        sids, meta = follow(api, meta["next_page_url"])
        assert sids == many[50:100]
        assert follow(api, meta["previous_page_url"])[0] == many[:50]
    assert follow(api, f"{address}&Priority=1")[0] == []


def test_ordered_page_follows_each_change(api, workspace, path, many):
    address = f"{api.url}/v1{path}/Tasks?PageSize=2&Ordering=Priority:desc"
    assert follow(api, address)[0] == many[:2]
    workspace.tasks(many[80]).update(priority=5)
    workspace.tasks(many[90]).update(priority=6)
    assert follow(api, address)[0] == [many[90], many[80]]
    workspace.tasks(many[90]).delete()
    workspace.tasks(many[80]).update(priority=0)
    assert follow(api, address)[0] == many[:2]
