"""The resources, operations, parameters and properties of TaskRouter in the `twilio` package.

This file inspects the installed package, so the tests cover whatever a new release adds.
"""

import ast
import inspect
import pkgutil
import textwrap
from importlib import import_module
from types import UnionType
from typing import Any, ForwardRef, Union, get_args, get_origin

from twilio.base.instance_context import InstanceContext
from twilio.base.instance_resource import InstanceResource
from twilio.base.list_resource import ListResource
from twilio.rest.taskrouter.v1 import workspace as package

_NAVIGATION = ("get",)


def modules():
    walked = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package, *(import_module(found.name) for found in walked)]


def classes(base):
    """The classes of TaskRouter's resources that derive from the SDK's class `base`."""
    return [
        member
        for module in modules()
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, base) and member.__module__ == module.__name__
    ]


def instance_classes():
    return classes(InstanceResource)


def operations():
    """(List or Context class, method name) of each method that sends a request."""
    return [
        (owner, name)
        for owner in classes(ListResource) + classes(InstanceContext)
        for name, method in inspect.getmembers(owner, inspect.isfunction)
        if not name.startswith("_")
        and not name.endswith("_async")
        and "_with_http_info" not in name
        and name not in _NAVIGATION
    ]


def short_name(owner):
    """The resource's name in module paths of the SDK: `task`, `worker_channel`."""
    return owner.__module__.rpartition(".")[2]


def parameters(owner, operation):
    """The names of an operation's parameters, and of the required ones."""
    found = inspect.signature(getattr(owner, operation)).parameters
    names = [name for name in found if name != "self"]
    return names, [name for name in names if found[name].default is inspect.Parameter.empty]


def properties(kind):
    """The declared type of each property of an Instance class, from the body of its `__init__`."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind.__init__)))
    return {
        node.target.attr: _type_of(ast.unparse(node.annotation), kind)
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Attribute)
        and not node.target.attr.startswith("_")
    }


def fits(value, declared, kind):
    """Whether a value has the type that Instance class `kind` declares; False for None."""
    if isinstance(declared, ForwardRef):
        declared = _type_of(declared.__forward_arg__, kind)
    origin, inner = get_origin(declared), get_args(declared)
    if origin in (Union, UnionType):
        return any(fits(value, each, kind) for each in inner if each is not type(None))
    if origin is list:
        return isinstance(value, list) and all(fits(each, inner[0], kind) for each in value)
    if origin is dict:
        return isinstance(value, dict) and all(type(key) is inner[0] for key in value)
    if declared in (object, Any):
        return True
    if _is_enumeration(declared):
        return value in vars(declared).values()
    return type(value) is declared


def _type_of(text, kind):
    return eval(text, vars(import_module(kind.__module__)))


def _is_enumeration(declared):
    """The SDK declares an enumeration as a class inside the Instance class, with a constant a value."""
    return "." in declared.__qualname__
