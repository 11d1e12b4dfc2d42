"""Read a seed: JSON or YAML text, its variables, and `schema.json`."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema

SCHEMA = Path(__file__).with_name("schema.json")
_VARIABLE = re.compile(r"\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)\}")
_FEW = 10
_YAML = (".yaml", ".yml")


class SeedError(ValueError):
    """The seed cannot be applied; the message is a sentence with the place and the problem."""


def load(file: str | Path) -> dict[str, Any]:
    """Read the JSON file, or the YAML file if its name ends with .yaml or .yml.

    Raises SeedError if it cannot be read, or if a name occurs twice where only one would count.
    """
    try:
        text = Path(file).read_text("utf-8")
        content = _parse_yaml(text) if Path(file).suffix in _YAML else _parse_json(text)
    except OSError as error:
        raise SeedError(f"it cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise SeedError("it is not UTF-8.") from None
    if not isinstance(content, dict):
        raise SeedError('it must be an object with the key "workspace".')
    return content


def resolve(
    content: Mapping[str, Any], variables: Mapping[str, str], environment: Mapping[str, str]
) -> dict[str, Any]:
    """Replace the variables in a seed, and check it against the schema.

    `variables` win over those of the environment, and these over the seed's own; `$${NAME}` is the
    text `${NAME}`. Raises SeedError, also for a variable of the seed or of `variables` that the seed
    does not use.
    """
    own = content.get("variables")
    given = {**(own if isinstance(own, dict) else {}), **variables}
    known, used = {**given, **environment, **variables}, set[str]()
    try:
        resolved = {
            key: value if key == "variables" else _replaced(value, str(key), known, used)
            for key, value in content.items()
        }
        _validator()(resolved)
    except RecursionError:
        raise SeedError("it is nested too deeply.") from None
    except fastjsonschema.JsonSchemaValueException as error:
        raise SeedError(_sentence(error)) from None
    for name in given:
        if name not in used:
            raise SeedError(f"variables: the seed has no ${{{name}}}{did_you_mean(name, used)}")
    return resolved


def did_you_mean(name: str, known: Collection[str]) -> str:
    """The end of a sentence about an unknown name: the closest known one, or all if they are few."""
    if close := get_close_matches(name, known, 1):
        return f'; did you mean "{close[0]}"?'
    return f"; known: {', '.join(known)}." if 0 < len(known) <= _FEW else "."


@cache
def _validator() -> Callable[[Any], Any]:
    return fastjsonschema.compile(json.loads(SCHEMA.read_text("utf-8")))


def _sentence(error: fastjsonschema.JsonSchemaValueException) -> str:
    name = error.name or ""
    place = name.removeprefix("data").lstrip(".")
    inside = f"{place}: " if place else ""
    value, definition = error.value, error.definition
    if error.rule == "additionalProperties" and isinstance(value, dict):
        known = definition["properties"]
        unknown = next(key for key in value if key not in known)
        return f'{inside}there is no setting "{unknown}"{did_you_mean(unknown, known)}'
    if error.rule == "required" and isinstance(value, dict):
        missing = next(key for key in definition["required"] if key not in value)
        return f'{inside}"{missing}" is missing.'
    if error.rule == "propertyNames" and isinstance(value, dict):
        return f"{inside}a name must have 1 to 64 characters."
    problem = error.message.removeprefix(name).strip()
    return f"{place} {problem}, not {json.dumps(value, ensure_ascii=False)[:80]}."


def _replaced(value: Any, place: str, variables: Mapping[str, str], used: set[str]) -> Any:
    """`value` with its variables replaced; raises SeedError for what JSON cannot hold.

    Adds the names of the variables to `used`.
    """
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise SeedError(f'{place}: write the name {key} in quotation marks: "{key}".')
        return {
            key: _replaced(each, f"{place}.{key}", variables, used) for key, each in value.items()
        }
    if isinstance(value, list):
        return [_replaced(each, f"{place}[{n}]", variables, used) for n, each in enumerate(value)]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: _variable(found, place, variables, used), value)
    if not (value is None or isinstance(value, int | float)):
        raise SeedError(f'{place}: write {value} in quotation marks: "{value}".')
    return value


def _variable(
    found: re.Match[str], place: str, variables: Mapping[str, str], used: set[str]
) -> str:
    escaped, name = found.groups()
    if escaped:
        return f"${{{name}}}"
    used.add(name)
    if name not in variables:
        raise SeedError(
            f'{place}: the variable {name} has no value; set it in the environment, under "variables" in'
            " the seed or, in Python, with variables={…}."
        )
    if not isinstance(text := variables[name], str):
        raise SeedError(
            f"variables.{name} must be string, not {json.dumps(text, default=repr)[:80]}."
        )
    return text


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        problem = f"{error.msg[0].lower()}{error.msg[1:]}"
        raise SeedError(f"line {error.lineno}, column {error.colno}: {problem}.") from None
    except RecursionError:
        raise SeedError("it is nested too deeply.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise SeedError(f'the name "{key}" occurs twice in one object.')
        found[key] = value
    return found


def _no_number(text: str) -> Any:
    raise SeedError(f"{text} is no JSON number.")


def _parse_yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError:
        raise SeedError("it is YAML: run `pip install pyyaml`, or write it as JSON.") from None

    class Loader(yaml.SafeLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
            names: set[str] = set()
            for key, _ in node.value:
                if key.value in names:
                    raise SeedError(f'line {key.start_mark.line + 1}: "{key.value}" occurs twice.')
                names.add(str(key.value))
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise SeedError(f"{place}{error.problem}.") from None
    except yaml.YAMLError as error:
        raise SeedError(f"{error}.") from None
