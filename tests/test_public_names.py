import inspect
import subprocess
import sys
import types

import pytest

import helpers


def test_helpers_export_at_most_twelve_names():
    assert len(helpers.__all__) <= 12
    assert helpers.__all__ == sorted(helpers.__all__)


@pytest.mark.parametrize("name", helpers.__all__)
def test_public_name_is_documented_and_named_alike(name):
    value = getattr(helpers, name)
    assert value.__name__.split(".")[-1] == name
    assert isinstance(value, types.ModuleType) or inspect.isfunction(value)
    assert inspect.getdoc(value)
    assert f"\n    {name} " in helpers.__doc__


def test_public_function_is_annotated():
    for name in helpers.__all__:
        value = getattr(helpers, name)
        if inspect.isfunction(value):
            signature = inspect.signature(value)
            assert signature.return_annotation is not inspect.Signature.empty, name
            for parameter in signature.parameters.values():
                assert parameter.annotation is not inspect.Parameter.empty, (name, parameter)


def test_dir_lists_names_before_their_import():
    assert set(helpers.__all__) <= set(dir(helpers))


def test_unknown_name_raises_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = helpers.nothing


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    return done.stdout.strip()


def test_importing_helpers_imports_no_other_package():
    code = (
        "import sys, helpers; print({'twilio', 'pandas', 'ipywidgets', 'flask'} & {*sys.modules})"
    )
    assert run(code) == "set()"


def test_name_is_a_function_after_its_module_was_imported():
    code = "import helpers.curl_command.send, helpers.checks; from helpers import curl, check"
    assert run(f"{code}; print(curl.__name__, check.__name__)") == "curl check"
