import inspect
import subprocess
import sys
import types

import pytest

import helpers


def test_the_vocabulary_is_small():
    assert len(helpers.__all__) <= 12
    assert helpers.__all__ == sorted(helpers.__all__)


@pytest.mark.parametrize("name", helpers.__all__)
def test_every_public_name_is_what_it_is_called_and_documented(name):
    found = getattr(helpers, name)
    assert found.__name__.split(".")[-1] == name
    assert isinstance(found, types.ModuleType) or inspect.isfunction(found)
    assert inspect.getdoc(found)
    assert f"\n    {name} " in helpers.__doc__


def test_a_function_tells_what_it_takes_and_returns():
    for name in helpers.__all__:
        found = getattr(helpers, name)
        if inspect.isfunction(found):
            signature = inspect.signature(found)
            assert signature.return_annotation is not inspect.Signature.empty, name
            for parameter in signature.parameters.values():
                assert parameter.annotation is not inspect.Parameter.empty, (name, parameter)


def test_the_names_are_listed_before_they_are_imported():
    assert set(helpers.__all__) <= set(dir(helpers))


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = helpers.nothing


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    return done.stdout.strip()


def test_importing_the_package_alone_imports_nothing_heavy():
    code = (
        "import sys, helpers; print({'twilio', 'pandas', 'ipywidgets', 'flask'} & {*sys.modules})"
    )
    assert run(code) == "set()"


def test_a_name_is_a_function_also_when_its_module_was_imported_before():
    code = "import helpers.curl_command.send, helpers.checks; from helpers import curl, check"
    assert run(f"{code}; print(curl.__name__, check.__name__)") == "curl check"
