"""The pydantic types of each version against the specification's tables, as the scanner has them as data."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest

from infra.service.objects.base import OcpiObject
from scanner.model.ocpi.specification import Cardinality, specification

PACKAGES = {"2.1.1": "infra.service.v2_1_1", "2.2.1": "infra.service.v2_2_1", "2.3.0": "infra.service.v2_3_0"}
NAMES = {"Evse": "EVSE", "Cdr": "CDR", "EvseParking": "EVSEParking"}


def classes(version: str) -> dict[str, type[OcpiObject]]:
    """By the specification's name."""
    package = importlib.import_module(f"{PACKAGES[version]}.objects")
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        loaded = importlib.import_module(f"{package.__name__}.{module.name}")
        for name, member in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(member, OcpiObject) and member.__module__ == loaded.__name__:
                found[NAMES.get(name, name)] = member
    return found


CASES = [(version, name) for version in PACKAGES for name in sorted(classes(version))]


@pytest.mark.parametrize("version, name", CASES)
def test_a_class_has_the_fields_of_the_specification_and_no_others(version: str, name: str):
    model, known = classes(version)[name], specification(version).classes[name]
    assert list(model.model_fields.keys() ^ known.keys()) == []
    for field_name, field in model.model_fields.items():
        cardinality = known[field_name].cardinality
        assert field.is_required() is (cardinality in {Cardinality.ONE, Cardinality.SOME}), field_name
        is_list = any(get_origin(part) is list for part in parts(field.annotation))
        assert is_list is (cardinality in {Cardinality.ANY, Cardinality.SOME}), field_name


@pytest.mark.parametrize("version, name", CASES)
def test_an_enumeration_has_the_values_of_the_specification(version: str, name: str):
    model, known = classes(version)[name], specification(version)
    for field_name, field in model.model_fields.items():
        enum = known.enums.get(known.classes[name][field_name].name)
        values = {value for part in leaves(field.annotation) if get_origin(part) is Literal for value in get_args(part)}
        if enum is not None and not enum.open:
            assert values == set(enum.values), field_name
        else:
            assert not values, field_name


@pytest.mark.parametrize("version", PACKAGES)
def test_every_object_of_the_modules_that_are_served_has_a_class(version: str):
    elsewhere = {"Version", "VersionDetails", "Endpoint", "InvoiceReconciliationRecord"}
    profiles = {n for n in specification(version).classes if "Profile" in n}  # 2.3.0 shares those of 2.2.1
    assert specification(version).classes.keys() - classes(version).keys() <= elsewhere | profiles
    assert [n for n in profiles if specification("2.2.1").classes[n] != specification(version).classes[n]] == []


def parts(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)


def leaves(annotation: Any) -> list[Any]:
    found: list[Any] = []
    for part in parts(annotation):
        if get_origin(part) is list:
            found += leaves(get_args(part)[0])
        elif part is not NoneType:
            found.append(part)
    return found
