"""Where in its Workflow a Task stands."""

from functools import lru_cache

from local_taskrouter.core import parsed
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Task, Workflow
from local_taskrouter.rules.workflow import Configuration, Step, Target


def configuration_of(engine: Engine, task: Task) -> Configuration | None:
    """The configuration of the Task's Workflow; None when it has none."""
    workflow = engine.store.get(Workflow, task.workflow_sid)
    return parsed.configuration(workflow.configuration) if workflow is not None else None


_step = lru_cache(maxsize=1_024)(Step)
"""Tasks stand at few different steps, and every look at a waiting Task reads its step."""


def step_of(task: Task) -> Step | None:
    """The step the Task stands at; None when no Workflow routes it."""
    return _step(*task.step) if task.step is not None else None


def target_of(engine: Engine, task: Task) -> Target | None:
    """The target the Task stands at; None when it is routed without one.

    A Workflow that was changed without re-evaluation may no longer have that target; the Task
    then keeps its TaskQueue and nothing narrows the choice.
    """
    configuration, step = configuration_of(engine, task), step_of(task)
    if configuration is None or step is None:
        return None
    try:
        return configuration.target(step)
    except IndexError:
        return None
