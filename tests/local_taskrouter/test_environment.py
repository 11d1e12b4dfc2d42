"""The environment variables with which a program finds a local TaskRouter."""

from local_taskrouter.environment import export_lines


def test_value_with_a_space_is_quoted():
    assert export_lines({"CURL_CA_BUNDLE": "/a b/c.pem"}) == "export CURL_CA_BUNDLE='/a b/c.pem'\n"


def test_no_variables_are_no_lines():
    assert export_lines({}) == ""
