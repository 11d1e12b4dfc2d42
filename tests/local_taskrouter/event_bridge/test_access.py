"""What each role, and each policy, allows and forbids."""

import pytest
from local_taskrouter.process.home import ACCOUNT_SID
from twilio.jwt.taskrouter.capabilities import WorkerCapabilityToken

EVERY_ROLE = ("worker", "supervisor", "admin")


@pytest.fixture
def addresses(built, alice, task):
    """Addresses below the Workspace, with who may GET and POST there as Bob."""
    bob = built.worker("Bob", languages=["en"])
    [reservation] = built.reservations(task)
    return bob, {
        f"Workers/{bob.sid}": (EVERY_ROLE, EVERY_ROLE),
        f"Workers/{bob.sid}/Reservations": (EVERY_ROLE, ()),
        f"Workers/{bob.sid}/WorkerChannels": (EVERY_ROLE, ()),
        "Activities": (EVERY_ROLE, ("admin",)),
        f"Workers/{alice.sid}": (("supervisor", "admin"), ("supervisor", "admin")),
        f"Workers/{alice.sid}/Reservations/{reservation.sid}": (
            ("supervisor", "admin"),
            ("supervisor", "admin"),
        ),
        f"Tasks/{task.sid}": (("supervisor", "admin"), ("supervisor", "admin")),
        "Workers": (("supervisor", "admin"), ("admin",)),
        "TaskQueues": (("supervisor", "admin"), ("admin",)),
    }


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_role_reaches_what_it_may_and_nothing_else(bridge, token_for, built, addresses, role):
    bob, allowed = addresses
    token, wrong = token_for(bob.sid, role), []
    for address, roles in allowed.items():
        for method, may in zip(("GET", "POST"), roles, strict=True):
            status = bridge(
                token, method, f"Workspaces/{built.workspace_sid}/{address}"
            ).status_code
            refused_rightly = (status == 403) != (role in may) or status in (404, 405)
            if status >= 500 or not refused_rightly:
                wrong.append((method, address, status))
    assert wrong == []


def test_no_token_reaches_another_workspace(bridge, token_for, client, built, alice):
    other = client.taskrouter.v1.workspaces.create("Another")
    for role in EVERY_ROLE:
        token = token_for(alice.sid, role)
        assert bridge(token, "GET", f"Workspaces/{other.sid}/Workers").status_code == 403
        assert bridge(token, "GET", f"Workspaces/{other.sid}").status_code == 403


def test_worker_reads_the_tasks_that_it_was_asked_about(bridge, token_for, built, alice, task):
    token = token_for(alice.sid)
    address = f"Workspaces/{built.workspace_sid}/Tasks/{task.sid}"
    assert bridge(token, "GET", address).json()["payload"]["sid"] == task.sid


def test_task_for_another_worker_is_refused(bridge, token_for, built, alice, queue):
    bob = built.worker("Bob")
    address = f"Workspaces/{built.workspace_sid}/Tasks"
    for params in ({"RoutingTarget": bob.sid}, {}, {"TaskQueueSid": queue.sid}):
        assert bridge(token_for(alice.sid), "POST", address, params).status_code == 403


@pytest.fixture
def capability(emulator, built, alice):
    """Make a capability token for Alice, with what `allow` names."""

    def make(*allow, ttl=3600):
        token = WorkerCapabilityToken(
            ACCOUNT_SID, emulator.taskrouter.auth_token, built.workspace_sid, alice.sid, ttl=ttl
        )
        for name in allow:
            getattr(token, f"allow_{name}")()
        return token.to_jwt()

    return make


def test_capability_token_allows_what_its_policies_say(bridge, capability, built, alice, task):
    own = f"Workspaces/{built.workspace_sid}/Workers/{alice.sid}"
    [reservation] = built.reservations(task)
    plain = capability()
    activity = {"ActivitySid": built.activities["Offline"]}
    for url in (own, f"Workspaces/{built.workspace_sid}/Activities", f"{own}/Reservations"):
        assert bridge(plain, "GET", url).status_code == 200
    assert bridge(plain, "POST", own, activity).status_code == 403
    answer = f"{own}/Reservations/{reservation.sid}"
    assert bridge(plain, "POST", answer, {"ReservationStatus": "rejected"}).status_code == 403
    token = capability("update_activities", "update_reservations")
    assert bridge(token, "POST", own, {"Attributes": {}}).status_code == 403
    assert bridge(token, "POST", answer, {"ReservationStatus": "accepted"}).status_code == 200
    assert bridge(token, "POST", own, activity).status_code == 200
    bob = built.worker("Bob")
    other = f"Workspaces/{built.workspace_sid}/Workers/{bob.sid}"
    assert bridge(token, "GET", other).status_code == 403


def test_capability_token_opens_the_channel_at_its_own_address(connect, capability, built, alice):
    page = connect(capability(), path=f"/v1/wschannels/{ACCOUNT_SID}/{alice.sid}")
    assert page.init[1]["channel_id"] == alice.sid
    built.workspace.workers(alice.sid).update(attributes='{"n":1}')
    assert page.next()[0] == "worker.attributes.update"
