"""The profile files, typed. A profile is looked up by name; nothing is read before somebody asks."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scanner.model.facts.tls import TlsVersion
from scanner.model.late_dataclass import dataclass

_SUFFIX: Final = ".yaml"


class ProfileError(ValueError):
    """A profile that does not exist or cannot be read; the text names file, key and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsProfile:
    """What a server may negotiate and show.

    `suites` are IANA names by version. `minimum_bits` by key type (a type that is missing is not allowed at all);
    `DH` is the finite-field group. None: the profile's source does not ask for it. `sources`: where each value is from.
    """

    name: str
    title: str
    sources: Mapping[str, str]
    versions: frozenset[TlsVersion]
    suites: Mapping[TlsVersion, frozenset[str]]
    groups: frozenset[str]
    minimum_bits: Mapping[str, int]
    signature_hashes: frozenset[str]
    warn_days_before_expiry: int
    maximum_lifetime_days: int | None = None
    hsts_minimum_seconds: int | None = None


class _ProfileFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    sources: dict[str, str]
    versions: frozenset[TlsVersion] = Field(min_length=1)
    suites: dict[TlsVersion, frozenset[str]]
    groups: frozenset[str] = Field(min_length=1)
    minimum_bits: dict[str, int]
    signature_hashes: frozenset[str] = Field(min_length=1)
    warn_days_before_expiry: int = Field(ge=0)
    maximum_lifetime_days: int | None = Field(default=None, ge=1)
    hsts_minimum_seconds: int | None = Field(default=None, ge=1)


def profile_names() -> tuple[str, ...]:
    """The profiles that come with the package, sorted."""
    found = (entry.name for entry in files(__package__).iterdir() if entry.name.endswith(_SUFFIX))
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found))


@cache
def profile_named(name: str) -> TlsProfile:
    """The profile of that name.

    Raises: ProfileError.
    """
    if name not in profile_names():
        raise ProfileError(f"there is no TLS profile {name!r}; there are {', '.join(profile_names())}")
    profile = parse_profile((files(__package__) / f"{name}{_SUFFIX}").read_text(encoding="utf-8"), f"{name}{_SUFFIX}")
    if profile.name != name:
        raise ProfileError(f"{name}{_SUFFIX}: name is {profile.name!r}, not that of the file")
    return profile


def parse_profile(text: str, where: str) -> TlsProfile:
    """A profile from YAML; `where` names the file in errors.

    Raises: ProfileError.
    """
    try:
        document = _ProfileFile.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ProfileError(f"{where}: not YAML: {error}") from None
    except ValidationError as error:
        raise ProfileError(f"{where}: {_first(error)}") from None
    _demand_agreement(document, where)
    return TlsProfile(**{name: getattr(document, name) for name in _ProfileFile.model_fields})


def _demand_agreement(document: _ProfileFile, where: str) -> None:
    """Suites for exactly the versions that are allowed, and a source for everything that is asked for."""
    if document.suites.keys() != document.versions:
        raise ProfileError(f"{where}: suites must list exactly the versions that are allowed")
    asked = set(_ProfileFile.model_fields) - {"name", "title", "sources"}
    unsourced = {name for name in asked if getattr(document, name) is not None} - document.sources.keys()
    if unsourced:
        raise ProfileError(f"{where}: sources says nothing about {', '.join(sorted(unsourced))}")


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"]) or "document"
    return f"{key}: {first['msg']}"
