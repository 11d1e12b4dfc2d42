"""A request is matched with the few routes that its path can belong to."""

import pytest
from local_taskrouter.api.routes import ROUTES
from local_taskrouter.errors import MethodNotAllowed, NotFound
from local_taskrouter.http.route_table import api_routes, find


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_route_is_found_by_its_path(route):
    found, sids = find(api_routes(), route.method, f"/v1{route.path}")
    assert found is route and sids == {sid: f"<{sid}>" for sid in sids}


def test_at_most_eight_patterns_are_tried_for_a_path():
    assert max(map(len, api_routes().values())) <= 8


def test_fixed_name_comes_before_a_sid():
    path = "/v1/Workspaces/WS1/TaskQueues"
    fixed, sids = find(api_routes(), "GET", f"{path}/Statistics")
    assert fixed.path.endswith("TaskQueues/Statistics") and sids == {"workspace_sid": "WS1"}
    of_queue, sids = find(api_routes(), "GET", f"{path}/WQ1/Statistics")
    assert of_queue is not fixed and "WQ1" in sids.values()


def test_other_method_and_unknown_path_are_told_apart():
    with pytest.raises(MethodNotAllowed) as caught:
        find(api_routes(), "DELETE", "/v1/Workspaces/WS1/Tasks")
    assert caught.value.allowed == ["GET", "POST"]
    with pytest.raises(NotFound):
        find(api_routes(), "GET", "/v1/Workspaces/WS1/Nothing")
