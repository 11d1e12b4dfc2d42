"""A Workflow's configuration: parse its JSON text, and find the step that a Task goes to.

A Task walks through *steps*. A step is one target of one filter, or the default filter:

* the first filter whose expression matches the Task's attributes gives the first step;
* a step is left through its timeout or its `skip_if`, to the filter's next target, else to the
  next filter that matches;
* the default filter is reached when no filter matches or every matching one was skipped, never
  through a timeout;
* a later target without a queue inherits the queue of the target before it;
* the default filter has no timeout: one that is written there is ignored;
* timeouts are measured on the Task's age and add up along the way: with two targets of 10 seconds
  each, the second ends when the Task is 20 seconds old.

Sources: https://www.twilio.com/docs/taskrouter/workflow-configuration,
https://www.twilio.com/docs/taskrouter/lifecycle-task-workflows-and-assignment,
https://www.twilio.com/docs/taskrouter/task-evaluation (timeouts),
https://www.twilio.com/docs/taskrouter/worker-presence (skip_if) and
https://www.twilio.com/docs/taskrouter/order-workers.

Choices where Twilio's documentation is silent:

* the timeout of a skipped target counts in the sum, as that of any earlier target does;
* a filter that held the Task until a timeout does not count as skipped afterwards;
* an empty string or null in an optional field is read as if the field were not there.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from local_taskrouter.rules.clauses import Reference
from local_taskrouter.rules.expression import Expression, ExpressionSyntaxError, parse

Worker = TypeVar("Worker")

_ORDER_TERM = re.compile(r"\s*(worker(?:\.[\w$]+)+)(?:\s+((?i:asc|desc)))?\s*")


class ConfigurationError(ValueError):
    """The text is not a Workflow configuration; str() names the field and the problem."""


@dataclass(frozen=True)
class OrderTerm:
    """One ordering of `order_by`: the path as written ("worker.level") and its direction."""

    path: str
    descending: bool


@dataclass(frozen=True)
class Target:
    """A routing step: a TaskQueue, which Workers of it can take the Task, and until when.

    `timeout` is in seconds, for this target alone. `known_worker_sid` and
    `known_worker_friendly_name` are the paths as written ("task.agent").
    """

    queue: str
    expression: Expression | None = None
    priority: int | None = None
    timeout: int | None = None
    order_by: tuple[OrderTerm, ...] = ()
    skip_if: Expression | None = None
    known_worker_sid: str | None = None
    known_worker_friendly_name: str | None = None


@dataclass(frozen=True)
class Filter:
    """Targets, in order, for the Tasks whose attributes match `expression`."""

    friendly_name: str | None
    expression: Expression
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Step:
    """The step a Task is at. Plain numbers and flags, so that it can be stored as JSON.

    `filter_index` is None for the default filter. `until` is the Task's age in seconds at which
    the step ends, None when it ends only with the Task. `passed` is the sum of the timeouts of
    the targets before this one, `held` whether the Task waited for one of those timeouts.
    """

    filter_index: int | None
    target_index: int
    until: int | None
    passed: int = 0
    held: bool = False


@dataclass(frozen=True)
class Configuration:
    """A Workflow's filters and its default filter's target."""

    filters: tuple[Filter, ...]
    default: Target | None

    @property
    def queues(self) -> frozenset[str]:
        """The TaskQueue SIDs that the configuration names."""
        return frozenset(target.queue for target in self.targets)

    @property
    def targets(self) -> list[Target]:
        """The targets of all filters, then the default filter's."""
        targets = [target for filter in self.filters for target in filter.targets]
        return [*targets, self.default] if self.default else targets

    def target(self, step: Step) -> Target:
        """Return the target of a step of this configuration."""
        if step.filter_index is not None:
            return self.filters[step.filter_index].targets[step.target_index]
        if self.default is None:
            raise IndexError("this configuration has no default filter")
        return self.default

    def first_step(self, attributes: Mapping[str, Any]) -> Step | None:
        """Return the first step of a Task with these attributes, None if no filter matches."""
        return self._matching_filter(0, attributes, 0, False) or self._default_step(0)

    def step_after_timeout(self, step: Step, attributes: Mapping[str, Any]) -> Step | None:
        """Return the step after `step` timed out, None if the Task leaves the Workflow."""
        return self._step_after(replace(step, held=True), attributes)

    def step_after_skip(self, step: Step, attributes: Mapping[str, Any]) -> Step | None:
        """Return the step after `step` was skipped, None if the Task leaves the Workflow."""
        following = self._step_after(step, attributes)
        if following or step.held or step.filter_index is None:
            return following
        return self._default_step(self._passed_after(step))

    def _step_after(self, step: Step, attributes: Mapping[str, Any]) -> Step | None:
        if step.filter_index is None:
            return None
        passed = self._passed_after(step)
        if step.target_index + 1 < len(self.filters[step.filter_index].targets):
            return self._step(step.filter_index, step.target_index + 1, passed, step.held)
        return self._matching_filter(step.filter_index + 1, attributes, passed, step.held)

    def _matching_filter(
        self, start: int, attributes: Mapping[str, Any], passed: int, held: bool
    ) -> Step | None:
        for index in range(start, len(self.filters)):
            if self.filters[index].expression.matches(attributes):
                return self._step(index, 0, passed, held)
        return None

    def _step(self, filter_index: int, target_index: int, passed: int, held: bool) -> Step:
        timeout = self.filters[filter_index].targets[target_index].timeout
        until = None if timeout is None else passed + timeout
        return Step(filter_index, target_index, until, passed, held)

    def _default_step(self, passed: int) -> Step | None:
        return None if self.default is None else Step(None, 0, None, passed)

    def _passed_after(self, step: Step) -> int:
        return step.passed if step.until is None else step.until


def read_configuration(text: str) -> Configuration:
    """Read a Workflow's `configuration` text.

    Unknown keys are ignored, and the older names `friendly_name` (of a filter) and
    `task_queue_sid` (of a target) are accepted. Raises ConfigurationError, for example
    "task_routing.filters[0].targets[1].timeout must be a positive integer".
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"the configuration is not JSON: {error}") from error
    place = "task_routing"
    routing = _object(document, "the configuration")
    if place not in routing:
        raise ConfigurationError(f"{place} is missing: it holds filters and default_filter")
    fields = _object(routing[place], place)
    filters = _list(fields.get("filters"), f"{place}.filters")
    default = fields.get("default_filter")
    return Configuration(
        tuple(_filter(each, f"{place}.filters[{n}]") for n, each in enumerate(filters)),
        None if default is None else _default(default, f"{place}.default_filter"),
    )


def order_workers(
    terms: tuple[OrderTerm, ...],
    workers: Iterable[Worker],
    values: Callable[[Worker], Mapping[str, Any]],
) -> list[Worker]:
    """Return the Workers in the order of a target's `order_by`.

    `values(worker)` is what the target's expression is evaluated over ({"worker": attributes}).
    Workers come in the order that decides ties, the longest idle first. A Worker without the
    attribute comes last. A value other than an integer, in any term, makes TaskRouter ignore all of
    `order_by`.
    Source: https://www.twilio.com/docs/taskrouter/order-workers.
    """
    longest_idle = list(workers)
    ordered = longest_idle
    for term in reversed(terms):
        attribute = Reference(tuple(term.path.split(".")))
        found = [(attribute.read(values(worker)), worker) for worker in ordered]
        if any(type(value) is not int for value, _ in found if value is not None):
            return longest_idle
        present = [pair for pair in found if pair[0] is not None]
        present.sort(key=lambda pair: pair[0], reverse=term.descending)
        ordered = [worker for _, worker in present]
        ordered += [worker for value, worker in found if value is None]
    return ordered


def _filter(value: Any, place: str) -> Filter:
    fields = _object(value, place)
    expression = _expression(fields, "expression", place)
    if expression is None:
        raise ConfigurationError(f"{place}.expression is required")
    targets: list[Target] = []
    for n, each in enumerate(_list(fields.get("targets"), f"{place}.targets")):
        inherited = targets[-1].queue if targets else None
        targets.append(_target(each, f"{place}.targets[{n}]", inherited))
    if not targets:
        raise ConfigurationError(f"{place}.targets needs at least one target")
    name = _text(fields, "filter_friendly_name", place) or _text(fields, "friendly_name", place)
    return Filter(name, expression, tuple(targets))


def _target(value: Any, place: str, inherited: str | None = None) -> Target:
    fields = _object(value, place)
    queue = _text(fields, "queue", place) or _text(fields, "task_queue_sid", place) or inherited
    if queue is None:
        raise ConfigurationError(f"{place}.queue is required: the SID of a TaskQueue")
    return Target(
        queue=queue,
        expression=_expression(fields, "expression", place),
        priority=_integer(fields, "priority", place, 0, "an integer of 0 or more"),
        timeout=_integer(fields, "timeout", place, 1, "a positive integer"),
        order_by=_order(fields, place),
        skip_if=_expression(fields, "skip_if", place),
        known_worker_sid=_text(fields, "known_worker_sid", place),
        known_worker_friendly_name=_text(fields, "known_worker_friendly_name", place),
    )


def _default(value: Any, place: str) -> Target:
    fields = {key: each for key, each in _object(value, place).items() if key != "timeout"}
    return _target(fields, place)


def _object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigurationError(f"{place} must be an object")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ConfigurationError(f"{place} must be a list")
    return value


def _text(fields: dict[str, Any], key: str, place: str) -> str | None:
    value = fields.get(key)
    if value is not None and not isinstance(value, str):
        raise ConfigurationError(f"{place}.{key} must be a string")
    return value or None


def _integer(fields: dict[str, Any], key: str, place: str, least: int, wanted: str) -> int | None:
    value = fields.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        value = int(value)
    if type(value) is not int or value < least:
        raise ConfigurationError(f"{place}.{key} must be {wanted}")
    return value


def _expression(fields: dict[str, Any], key: str, place: str) -> Expression | None:
    text = _text(fields, key, place)
    if text is None:
        return None
    try:
        return parse(text)
    except ExpressionSyntaxError as error:
        raise ConfigurationError(f"{place}.{key}: {error}") from error


def _order(fields: dict[str, Any], place: str) -> tuple[OrderTerm, ...]:
    text = _text(fields, "order_by", place)
    terms = [_ORDER_TERM.fullmatch(part) for part in text.split(",")] if text else []
    if not all(terms):
        raise ConfigurationError(f'{place}.order_by must look like "worker.level DESC, worker.age"')
    return tuple(OrderTerm(t[1], (t[2] or "").upper() == "DESC") for t in terms if t)
