"""The inputs of a resource against the types of the provider's SDK, as they leave the program. Runs in infra/.venv.

mypy holds the program's text against the same types; this sees what it cannot: values that were computed, and
structures that went through `Any`.
"""

import collections.abc
import importlib
import inspect
import types
import typing

from pulumi import Archive, Asset, Output
from pulumi import _types as declared


def complaints(token, inputs):
    """A sentence for each input of the resource `aws:MODULE/x:Class` that the SDK has another type for, or none."""
    module, name = token.split(":")[1].split("/")[0], token.split(":")[2]
    sdk = importlib.import_module(f"pulumi_aws.{module.replace('lambda', 'lambda_')}")
    # `NAMEArgs` is another structure where a resource and a part of one have the same name
    arguments = getattr(sdk, f"{name}InitArgs", None) or getattr(sdk, f"{name}Args")
    return list(_structure(arguments, inputs, token))


def _structure(class_, value, at):
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is no {class_.__name__}"
        return
    types_, names = declared.input_type_types(class_), declared.input_type_py_to_pulumi_names(class_)
    for parameter in inspect.signature(class_.__init__).parameters.values():
        name = names.get(parameter.name, parameter.name)
        if parameter.default is parameter.empty and parameter.name != "__self__" and value.get(name) is None:
            yield f"{at}.{name}: is required and missing"
    for key, member in value.items():
        if key not in types_:
            yield f"{at}.{key}: {class_.__name__} has {', '.join(sorted(types_))}"
        elif member is not None:
            yield from _value(types_[key], member, f"{at}.{key}")


def _value(type_, value, at):
    choices = [choice for choice in _choices(type_) if choice is not type(None)]
    if not choices or typing.Any in choices:
        return
    said = [list(_one(choice, value, at)) for choice in choices]
    if all(said):
        yield from said[0]


def _choices(type_):
    """What a union may be, without the wrappings for what is known later."""
    if typing.get_origin(type_) in {typing.Union, types.UnionType}:
        for member in typing.get_args(type_):
            yield from _choices(member)
    elif typing.get_origin(type_) not in {Output, collections.abc.Awaitable} and not typing.is_typeddict(type_):
        yield type_


def _one(type_, value, at):
    origin = typing.get_origin(type_)
    if declared.is_input_type(type_):
        yield from _structure(type_, value, at)
    elif origin in {collections.abc.Sequence, list}:
        if not isinstance(value, list):
            yield f"{at}: {value!r} is no list"
            return
        for number, member in enumerate(value):
            yield from _value(typing.get_args(type_)[0], member, f"{at}[{number}]")
    elif origin in {collections.abc.Mapping, dict}:
        if not isinstance(value, dict):
            yield f"{at}: {value!r} is no map"
            return
        for key, member in value.items():
            yield from _value(typing.get_args(type_)[1], member, f"{at}.{key}")
    elif not _is(type_, value):
        yield f"{at}: {value!r} is no {getattr(type_, '__name__', type_)}"


def _is(type_, value):
    """Numbers come as floats over the wire."""
    if type_ in {int, float}:
        whole = isinstance(value, float) and value.is_integer()
        return not isinstance(value, bool) and (
            isinstance(value, int) or whole or (type_ is float and isinstance(value, float))
        )
    if type_ in {Asset, Archive}:
        return isinstance(value, type_)
    return isinstance(value, str if isinstance(type_, type) and issubclass(type_, str) else type_)
