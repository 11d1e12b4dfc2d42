"""Apply a seed: create what is missing, update what differs, delete nothing."""

import json

import pytest
from local_taskrouter.seed import SeedError, apply


@pytest.fixture
def space(client):
    """The context of the only Workspace, read when it is called."""

    def space():
        [workspace] = client.taskrouter.v1.workspaces.list()
        return client.taskrouter.v1.workspaces(workspace.sid)

    return space


@pytest.fixture
def methods(client):
    """The methods of the requests since the last call."""

    def methods():
        found = [each.method for each in client.http_client.log]
        client.http_client.log.clear()
        return found

    return methods


def only(resources, name):
    [found] = [each for each in resources.list() if each.friendly_name == name]
    return found


def test_new_workspace_is_as_declared_and_routes(client, seed, space):
    changes = apply(client, seed)
    assert [f"{each.action} {each.resource} {each.name}" for each in changes] == [
        "create Workspace Support",
        "create Activity Break",
        "update Workspace Support",
        "create TaskChannel tickets",
        "create TaskQueue Spanish",
        "create TaskQueue Everyone",
        "create Workflow Customer Care",
        "create Worker Alice",
        "create Worker Bob",
        "update WorkerChannel chat",
        "update WorkerChannel tickets",
    ]
    workspace = space().fetch()
    assert workspace.timeout_activity_name == "Break"
    assert workspace.event_callback_url == "http://127.0.0.1:5050/events"
    everyone = only(space().task_queues, "Everyone")
    assert everyone.reservation_activity_name == "Break"
    workflow = only(space().workflows, "Customer Care")
    routing = json.loads(workflow.configuration)["task_routing"]
    assert routing["default_filter"] == {"queue": everyone.sid}
    assert workflow.assignment_callback_url == "http://127.0.0.1:5050/assignment"
    bob = space().workers(only(space().workers, "Bob").sid)
    assert bob.worker_channels("chat").fetch().configured_capacity == 3
    assert not bob.worker_channels("tickets").fetch().available
    task = space().tasks.create(attributes='{"language": "es"}')
    assert task.assignment_status == "reserved" and task.task_queue_friendly_name == "Spanish"


def test_dry_run_returns_the_same_changes_and_sends_no_post(client, seed, methods):
    dry = apply(client, seed, dry_run=True)
    assert methods() == ["GET"]
    assert apply(client, seed) == dry
    assert "POST" in methods()


def test_second_time_nothing_is_changed(client, seed, methods):
    apply(client, seed)
    methods()
    assert apply(client, seed) == []
    # Workspace, Activities, TaskQueues, TaskChannels, Workflows, Workers, and Bob's channels.
    assert methods() == ["GET"] * 7


def test_only_what_differs_is_updated(client, seed, space):
    seed["workers"]["Alice"]["attributes"] = {"level": 1}
    apply(client, seed)
    seed["task_queues"]["Spanish"]["max_reserved_workers"] = 2
    seed["workers"]["Alice"] = {"activity": "Offline", "attributes": {"level": 2}}
    target = seed["workflows"]["Customer Care"]["configuration"]["task_routing"]["default_filter"]
    target["queue"] = "Spanish"
    seed["workers"]["Bob"]["channels"]["chat"]["capacity"] = 2
    changes = apply(client, seed, dry_run=True)
    assert [str(each) for each in changes] == [
        'update TaskQueue "Spanish": max_reserved_workers 1 → 2',
        'update Workflow "Customer Care": configuration changes',
        'update Worker "Alice": activity "Available" → "Offline", attributes {"level": 1} → {"level": 2}',
        'update WorkerChannel "chat" of "Bob": capacity 3 → 2',
    ]
    assert apply(client, seed) == changes and apply(client, seed) == []
    assert only(space().workers, "Alice").activity_name == "Offline"


def test_what_the_seed_does_not_name_stays(client, seed, space):
    apply(client, seed)
    workflow = only(space().workflows, "Customer Care")
    workflow.update(fallback_assignment_callback_url="http://127.0.0.1/fallback")
    space().workers.create("Carol")
    small = {"workspace": {"friendly_name": "Support"}, "workers": {"alice": {}}}
    assert apply(client, small) == []
    assert len(space().workers.list()) == 3
    assert workflow.fetch().fallback_assignment_callback_url == "http://127.0.0.1/fallback"


@pytest.mark.parametrize("value", [True, 1, "1", None, [1]])
def test_value_of_another_type_is_a_change(client, value):
    values = [True, 1, "1", None, [1]]
    for other in values:
        seed = {
            "workspace": {"friendly_name": "Support"},
            "workers": {"Alice": {"attributes": {"value": other}}},
        }
        apply(client, seed)
        seed["workers"]["Alice"]["attributes"]["value"] = value
        assert len(apply(client, seed)) == (type(value) is not type(other))


def test_variables_win_over_the_seeds_own(client, seed, space):
    apply(client, seed, variables={"CALLBACK_BASE": "https://example.com"})
    assert space().fetch().event_callback_url == "https://example.com/events"


def test_environment_wins_over_the_seeds_own_variables(client, seed, space, monkeypatch):
    monkeypatch.setenv("CALLBACK_BASE", "https://example.com")
    apply(client, seed)
    assert space().fetch().event_callback_url == "https://example.com/events"


def test_single_tasking_workspace_has_its_activities(client, space):
    workspace = {"friendly_name": "One", "multi_task_enabled": False, "default_activity": "Idle"}
    queue = {"reservation_activity": "Reserved", "assignment_activity": "Busy"}
    apply(client, {"workspace": workspace, "task_queues": {"All": queue}})
    assert space().fetch().default_activity_name == "Idle"
    assert only(space().task_queues, "All").assignment_activity_name == "Busy"


def test_what_taskrouter_refuses_is_named_with_what_was_made(client, seed, space):
    seed["task_queues"]["Everyone"]["target_workers"] = "languages HAS"
    with pytest.raises(SeedError) as caught:
        apply(client, seed)
    text = str(caught.value)
    assert text.startswith("The seed: task_queues.Everyone: TaskRouter refused it: ")
    assert text.endswith("^\nMade before: 5 changes; mend the seed and apply it again.")
    assert repr(caught.type) == "<class 'local_taskrouter.seed.SeedError'>"
    seed["task_queues"]["Everyone"]["target_workers"] = "1==1"
    assert len(apply(client, seed)) == 6 and len(space().task_queues.list()) == 2


def test_one_change_before_a_refusal_is_singular(client):
    queue = {"target_workers": "languages HAS"}
    seed = {"workspace": {"friendly_name": "Support"}, "task_queues": {"Spanish": queue}}
    with pytest.raises(SeedError, match=r"\^\nMade before: 1 change; mend"):
        apply(client, seed)
    with pytest.raises(SeedError, match=r"\^$"):
        apply(client, seed)


def test_activity_with_the_opposite_availability_is_refused(client, seed, methods):
    apply(client, seed)
    methods()
    seed["activities"]["Break"]["available"] = True
    with pytest.raises(SeedError, match=r"activities.Break.available is true, .* another name\.$"):
        apply(client, seed)
    assert "POST" not in methods()


def test_names_that_occur_twice_are_refused(client, seed, space, methods):
    apply(client, seed)
    space().activities.create("Break")
    methods()
    with pytest.raises(SeedError, match=r'activities.Break: .* 2 activities named "Break"'):
        apply(client, seed)
    client.taskrouter.v1.workspaces.create("Support")
    with pytest.raises(SeedError, match='the account has 2 Workspaces named "Support"'):
        apply(client, seed)


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (
            ["workers", "Alice", "activity"],
            "Availble",
            'workers.Alice.activity: there is no Activity "Availble"; did you mean "Available"?',
        ),
        (
            ["workspace", "default_activity"],
            "x",
            'default_activity: there is no Activity "x"; known: Break, Available, Offline, Unavailable.',
        ),
        (
            ["task_queues", "Spanish", "assignment_activity"],
            "Brake",
            "task_queues.Spanish.assignment_activity: there is no Activity",
        ),
        (
            ["workers", "Bob", "channels", "chatt"],
            {},
            'workers.Bob.channels: there is no TaskChannel "chatt"; did you mean "chat"?',
        ),
        (
            ["workflows", "Customer Care", "configuration", "task_routing", "default_filter"],
            {"queue": "Everybody"},
            'configuration.task_routing.default_filter.queue: there is no TaskQueue "Everybody"',
        ),
        (["workers", "ALICE"], {}, "workers.ALICE: only the case differs from the Worker"),
    ],
)
def test_reference_to_nothing_is_refused_before_any_change(
    client, seed, methods, keys, value, message
):
    place = seed
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    with pytest.raises(SeedError) as caught:
        apply(client, seed)
    assert message in str(caught.value)
    assert "POST" not in methods()
