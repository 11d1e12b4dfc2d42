"""Read a seed file: its errors are one sentence with the place."""

import json
import sys

import pytest
import yaml
from local_taskrouter.seed.file import SeedError, load, resolve


@pytest.fixture
def written(tmp_path):
    """Write a file, and return its path."""

    def written(text, name="seed.json"):
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / name

    return written


def test_yaml_is_read_as_json_is(seed, written):
    assert load(written(json.dumps(seed))) == seed
    assert load(written(yaml.safe_dump(seed), "seed.yaml")) == seed


def test_variables_are_replaced_in_every_text(seed):
    seed["variables"]["NAME"] = "own"
    seed["workers"]["Alice"]["attributes"] = {"a": ["${NAME} $${NAME} $NAME ${ NAME}", 1, None]}
    resolved = resolve(seed, {"CALLBACK_BASE": "https://example.com"}, {})
    assert resolved["workers"]["Alice"]["attributes"] == {
        "a": ["own ${NAME} $NAME ${ NAME}", 1, None]
    }
    assert resolved["workspace"]["event_callback_url"] == "https://example.com/events"
    assert resolved["variables"] == seed["variables"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1, column 2: expecting property name"),
        ('{"workspace": NaN}', "NaN is no JSON number."),
        ('{"workspace": {}, "workspace": {}}', 'the name "workspace" occurs twice'),
        ("[]", 'it must be an object with the key "workspace".'),
        ("[" * 100_000, "it is nested too deeply."),
    ],
)
def test_file_that_is_no_json_object_is_refused(written, text, message):
    with pytest.raises(SeedError) as caught:
        load(written(text))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("workers: [", "line 1, column 11: "),
        ("workers: {a: 1}\nworkers: {b: 1}", 'line 2: "workers" occurs twice.'),
        ("workers: !!python/object:os.system x", "line 1, column 10: could not determine"),
        ("\x01", "unacceptable character"),
    ],
)
def test_file_that_is_no_yaml_is_refused(written, text, message):
    with pytest.raises(SeedError) as caught:
        load(written(text, "seed.yml"))
    assert message in str(caught.value)


def test_yaml_without_its_library_says_what_to_install(written, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(SeedError, match="pip install pyyaml"):
        load(written("workspace: {}", "seed.yaml"))


def test_missing_file_and_binary_file_are_refused(tmp_path):
    with pytest.raises(SeedError, match="it cannot be read: No such file"):
        load(tmp_path / "none.json")
    (tmp_path / "binary.json").write_bytes(b"\xff")
    with pytest.raises(SeedError, match="not UTF-8"):
        load(tmp_path / "binary.json")


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"wokers": {}}, 'there is no setting "wokers"; did you mean "workers"?'),
        (
            {"workers": {"Alice": {"activty": "x"}}},
            'workers.Alice: there is no setting "activty"; did you mean "activity"?',
        ),
        ({"workspace": {}}, 'workspace: "friendly_name" is missing.'),
        ({"workspace": "Support"}, 'workspace must be object, not "Support".'),
        (
            {"task_queues": {"All": {"max_reserved_workers": 0}}},
            "task_queues.All.max_reserved_workers must be bigger than or equal to 1, not 0.",
        ),
        (
            {"task_queues": {"All": {"task_order": "Fifo"}}},
            "task_queues.All.task_order must be one of ['FIFO', 'LIFO'], not \"Fifo\".",
        ),
        ({"workflows": {"All": {}}}, 'workflows.All: "configuration" is missing.'),
        ({"activities": {"x" * 65: {}}}, "activities: a name must have 1 to 64 characters."),
        ({"workers": {"A": {"attributes": "{}"}}}, "workers.A.attributes must be object"),
        (
            {"workers": {"A": {"attributes": {"phone": "${PHONE}"}}}},
            "workers.A.attributes.phone: the variable PHONE has no value;",
        ),
        ({"workers": {True: {}}}, 'workers: write the name True in quotation marks: "True".'),
        (
            {"workers": {"A": {"attributes": {"since": {1}}}}},
            "workers.A.attributes.since: write {1} in quotation marks",
        ),
        (
            {"variables": {"CALLBACK_BASE": "", "PORT": 5050}},
            "variables.PORT must be string, not 5050.",
        ),
        (
            {"variables": {"CALLBACK_BASE": "", "CALLBACK_BSE": ""}},
            'variables: the seed has no ${CALLBACK_BSE}; did you mean "CALLBACK_BASE"?',
        ),
    ],
)
def test_mistake_is_named_with_its_place(seed, part, message):
    with pytest.raises(SeedError) as caught:
        resolve({**seed, **part}, {}, {})
    assert message in str(caught.value)
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize(
    ("given", "environment", "own", "value"),
    [("given", "environment", "own", "given"), (None, "environment", "own", "environment")]
    + [(None, None, "own", "own")],
)
def test_variable_comes_from_the_argument_the_environment_or_the_seed(
    given, environment, own, value
):
    seed = {"variables": {"NAME": own}, "workspace": {"friendly_name": "${NAME}"}}
    maps = [{} if each is None else {"NAME": each} for each in (given, environment)]
    assert resolve(seed, *maps)["workspace"]["friendly_name"] == value


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"NAMES": "x"}, r'the seed has no \$\{NAMES\}; did you mean "NAME"\?'),
        ({"NAME": 5050}, r"variables\.NAME must be string, not 5050\."),
    ],
)
def test_variable_that_is_not_used_or_no_text_is_refused(variables, message):
    with pytest.raises(SeedError, match=message):
        resolve({"workspace": {"friendly_name": "${NAME}"}}, variables, {"NAME": "x", "HOME": "/"})


@pytest.mark.parametrize(
    ("routing", "message"),
    [
        (
            {"default": {}},
            'task_routing: there is no setting "default"; did you mean "default_filter"',
        ),
        (
            {"filters": [{"expresion": ""}]},
            'filters[0]: there is no setting "expresion"; did you mean',
        ),
        (
            {"filters": [{"targets": [{}, {"time_out": 5}]}]},
            'filters[0].targets[1]: there is no setting "time_out"; did you mean "timeout"?',
        ),
        (
            {"default_filter": {"que": "All"}},
            'default_filter: there is no setting "que"; did you mean "queue"?',
        ),
    ],
)
def test_unknown_key_in_a_configuration_is_refused(seed, routing, message):
    seed["workflows"]["Customer Care"]["configuration"]["task_routing"] = routing
    with pytest.raises(SeedError) as caught:
        resolve(seed, {}, {})
    assert message in str(caught.value)
