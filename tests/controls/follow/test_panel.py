import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.events import EventManager
from ipywidgets.widgets import widget as ipywidgets_widget
from press import press
from spy_lock import SpyLock
from timeout import eventually

from helpers import controls
from helpers.controls.follow import panel, poller
from helpers.controls.follow.reader import SnapshotReader
from helpers.lessons.workspace import PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def run_cell(monkeypatch: pytest.MonkeyPatch):
    """Announces which cell runs, as JupyterLab does."""
    monkeypatch.setattr(panel, "_states_by_cell", {})
    shell: Any = SimpleNamespace(get_parent=dict)
    shell.events = EventManager(shell, {"pre_run_cell": lambda info: None})
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "get_ipython", lambda: shell, raising=False)

    def run(cell: str | None, number: int) -> None:
        parent = {"header": {"msg_id": f"{cell}-{number}"}, "metadata": {"cellId": cell}}
        monkeypatch.setattr(shell, "get_parent", lambda: parent)
        shell.events.trigger("pre_run_cell", None)

    return run


def listening(panel) -> bool:
    return panel.state.on_update in panel.state.poller.listeners


def test_notice_shows_while_taskrouter_is_down_and_clears_when_it_is_back(lab):
    panel = controls.tasks(lab)
    address = lab.session.address
    lab.session.client.taskrouter.base_url = lab.session.address = "http://127.0.0.1:1"
    panel.state.poller.refresh()
    assert panel.content["notice"].startswith("TaskRouter does not answer")
    assert "The panel shows the last state it read" in repr(panel)
    assert len(panel.content["shown"]["tasks"]) == 1
    lab.session.client.taskrouter.base_url = lab.session.address = address
    panel.state.poller.refresh()
    assert panel.content["notice"] == ""


def test_panel_with_local_data_opens_while_taskrouter_is_down(lab, taskrouter):
    taskrouter.server.stop()
    assert controls.requests(lab).state.notice == ""


def test_closed_panel_gets_no_updates(lab):
    panel = controls.tasks(lab)
    panel.close()
    assert not listening(panel)
    lab.workspace.tasks(lab.task_sid).delete()
    panel.state.poller.refresh()
    assert len(panel.state.shown["tasks"]) == 1


def test_closed_panel_ignores_a_late_update(lab):
    panel = controls.tasks(lab)
    panel.close()
    lab.workspace.tasks(lab.task_sid).delete()
    panel.state.poller.refresh()
    panel.state.on_update(panel.state.poller.latest)
    assert len(panel.state.shown["tasks"]) == 1
    assert panel.state.notice.startswith("This panel has stopped")


def test_closing_a_panel_twice_has_no_effect(lab):
    panel = controls.tasks(lab)
    panel.close()
    panel.close()
    assert not listening(panel)


@pytest.mark.parametrize("name", controls.__all__)
def test_update_changes_the_state_under_the_lock(lab, name):
    worker = [lab.alice_sid] if name == "activity_toggle" else []
    panel = getattr(controls, name)(lab, *worker)
    panel.state.lock = lock = SpyLock()
    seen: dict[str, bool] = {}

    def look(change) -> None:
        seen[change["name"]] = bool(lock.held)

    panel.state.observe(look)
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    panel.state.close()
    assert seen.keys() >= {"notice"}
    assert all(seen.values()), seen


@pytest.mark.parametrize(
    ("name", "trait", "value"),
    [
        ("requests", "text", "no such thing"),
        ("requests", "direction", "received"),
        ("requests", "failed_only", True),
        ("playground", "expression", "1 == 2"),
    ],
)
def test_choice_is_applied_and_rendered_under_the_lock(lab, name, trait, value):
    lab.workspace.fetch()
    panel = getattr(controls, name)(lab)
    panel.state.lock = lock = SpyLock()
    held: list[int] = []
    apply = panel.state.apply_snapshot
    panel.state.apply_snapshot = lambda: (held.append(lock.held), apply())[1]
    panel.state.observe(lambda change: change["name"] == trait or held.append(lock.held))
    setattr(panel.state, trait, value)
    assert held and all(held)


@pytest.mark.parametrize(
    ("name", "trait", "value"),
    [
        ("tasks", "shown", {"tasks": [], "tasks_say": "x"}),
        ("workers", "busy", True),
        ("requests", "outcome", "x"),
        ("task_form", "task", {"sid": "WT"}),
        ("playground", "summary", "x"),
        ("reservation", "drawn", {}),
        ("lifecycle", "drawn", {}),
        ("clock", "outcome", "x"),
        ("floor", "shown", {}),
        ("activity_toggle", "worker", {}),
    ],
)
def test_panel_renders_under_the_lock(lab, name, trait, value):
    worker = [lab.alice_sid] if name == "activity_toggle" else []
    panel = getattr(controls, name)(lab, *worker)
    panel.state.lock = lock = SpyLock()
    held: list[int] = []
    panel.observe(lambda _: held.append(lock.held))
    setattr(panel.state, trait, value)
    assert held and all(held)


@pytest.mark.parametrize("name", ["reservation", "lifecycle"])
def test_choice_is_applied_under_the_lock(lab, name):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel = getattr(controls, name)(lab)
    panel.state.lock = lock = SpyLock()
    held: list[int] = []
    panel.state.observe(lambda _: held.append(lock.held), "drawn")
    press(panel, "choose", value=panel.content["options"][-1][1])
    assert held and all(held)


@pytest.mark.parametrize("name", ["clock", "floor", "lifecycle", "reservation", "tasks", "workers"])
def test_text_shows_that_taskrouter_is_down(lab, taskrouter, name):
    taskrouter.server.stop()
    assert "TaskRouter does not answer" in repr(getattr(controls, name)(lab))


def test_cell_that_runs_again_stops_only_its_earlier_panels(lab, run_cell):
    run_cell("one", 1)
    first, second = controls.workers(lab), controls.tasks(lab)
    run_cell("two", 1)
    other = controls.tasks(lab)
    run_cell("one", 2)
    again = controls.workers(lab)
    assert [listening(panel) for panel in (first, second)] == [False, False]
    assert listening(other) and listening(again)
    assert first.content["notice"].startswith("This panel has stopped")


def test_cell_that_runs_again_without_a_panel_stops_its_earlier_ones(lab, run_cell):
    run_cell("one", 1)
    first, second = controls.workers(lab), controls.clock(lab)
    run_cell("two", 1)
    other = controls.tasks(lab)
    run_cell("one", 2)
    assert [listening(panel) for panel in (first, second, other)] == [False, False, True]


def test_nested_cell_run_keeps_the_panels(lab, run_cell):
    """`get_ipython().run_cell` and `%%capture` do this: IPython announces what they run too."""
    run_cell("one", 1)
    first, second = controls.workers(lab), controls.tasks(lab)
    run_cell("one", 1)
    assert [listening(panel) for panel in (first, second)] == [True, True]


def test_panels_keep_following_without_a_front_end(lab):
    panels = [controls.workers(lab) for _ in range(3)]
    assert all(listening(panel) for panel in panels)


def test_panels_keep_following_when_the_cell_has_no_id(lab, run_cell):
    run_cell(None, 1)
    first = controls.workers(lab)
    run_cell(None, 2)
    second = controls.workers(lab)
    assert listening(first) and listening(second)


def test_notice_shows_an_error_of_apply_snapshot(lab, monkeypatch):
    panel = controls.tasks(lab)
    monkeypatch.setattr(type(panel.state), "apply_snapshot", lambda self: {}["nothing"])
    panel.state.poller.refresh()
    assert panel.content["notice"] == "This cannot be shown: 'nothing'"


def test_action_runs_during_a_slow_poll(lab, monkeypatch):
    panel = controls.tasks(lab)
    begun, may_end = threading.Event(), threading.Event()
    original = SnapshotReader.read_snapshot

    def slow(*given):
        begun.set()
        may_end.wait(10)
        return original(*given)

    monkeypatch.setattr(SnapshotReader, "read_snapshot", slow)
    looking = threading.Thread(target=panel.state.poller.refresh)
    looking.start()
    assert begun.wait(10)
    ran: list[bool] = []
    assert panel.state.attempt(lambda: ran.append(True))
    may_end.set()
    looking.join(10)
    assert ran == [True]


def test_panel_shows_a_change_without_a_refresh(lab, monkeypatch):
    monkeypatch.setattr(poller, "TICK", 0.01)
    monkeypatch.setattr(poller, "SECONDS_BETWEEN", {"local": 0.01})
    panel = controls.tasks(lab)
    lab.workspace.tasks(lab.task_sid).update(assignment_status="canceled", reason="x")
    eventually("the panel shows it", lambda: panel.state.shown["tasks"][0]["status"] == "canceled")


def test_open_panel_has_a_comm(lab):
    panel = controls.tasks(lab)
    assert panel.comm is not None
    panel.close()
    assert panel.comm is None


def test_closing_a_panel_closes_every_widget(lab):
    before = set(ipywidgets_widget._instances)
    for name in controls.__all__:
        worker = [lab.alice_sid] if name == "activity_toggle" else []
        getattr(controls, name)(lab, *worker).close()
    assert set(ipywidgets_widget._instances) == before


def test_del_of_a_closed_panel_takes_no_lock(lab):
    panel = controls.tasks(lab)
    panel.close()
    deleting = threading.Thread(target=panel.__del__, daemon=True)
    with panel.state.poller.listeners_lock:
        deleting.start()
        deleting.join(10)
        assert not deleting.is_alive()
