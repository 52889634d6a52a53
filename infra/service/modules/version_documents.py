"""What a partner's versions and version details endpoints say (version_information_endpoint), of any version."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from infra.service.objects.base import OcpiObject, String255, Url


class VersionInfo(OcpiObject):
    """One entry of a versions endpoint; the number is open, as a partner may speak newer ones too."""

    version: String255
    url: Url


class Endpoint(OcpiObject):
    """One entry of version details; custom modules have identifiers of their own, 2.1.1 has no roles."""

    identifier: String255
    role: Literal["SENDER", "RECEIVER"] | None = None
    url: Url


class VersionDetails(OcpiObject):
    """The modules of one version."""

    version: String255
    endpoints: Annotated[list[Endpoint], Field(min_length=1)]
