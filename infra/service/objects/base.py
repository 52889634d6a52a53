"""Scalars that all versions and modules share (OCPI 2.2.1, types; 2.1.1 and 2.3.0 say the same).

Fields that the specification does not know are dropped, not refused and not stored. Optional fields may be null.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from infra.service.datetimes import parse_datetime
from infra.service.strict_json import JsonObject

_CI = r"^[\x20-\x7e]+$"  # printable ASCII
_ASCII = r"^[\x20-\x7e]*$"
_PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"


class OcpiObject(BaseModel):
    """Base of all objects: strict types, surplus fields ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False, hide_input_in_errors=True)

    def to_json(self) -> JsonObject:
        """The object as it is stored and served: null fields left out."""
        document: dict[str, Any] = self.model_dump(mode="json", exclude_none=True)
        return document


def _check_datetime(text: str) -> str:
    parse_datetime(text)
    return text


DateTime = Annotated[str, AfterValidator(_check_datetime)]
Number = Annotated[float, Field(allow_inf_nan=False)]


def _check_url(text: str) -> str:
    if text.lower().startswith(("http:", "https:")) and not _hostname(text):
        raise ValueError("not a URL")
    return text


def _hostname(text: str) -> str | None:
    try:
        return urlsplit(text).hostname
    except ValueError:
        return None


Url = Annotated[
    str,
    StringConstraints(max_length=255, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$"),
    AfterValidator(_check_url),
]

CiString2 = Annotated[str, StringConstraints(max_length=2, pattern=_CI)]
CiString3 = Annotated[str, StringConstraints(max_length=3, pattern=_CI)]
CiString4 = Annotated[str, StringConstraints(max_length=4, pattern=_CI)]
CiString5 = Annotated[str, StringConstraints(max_length=5, pattern=_CI)]
CiString25 = Annotated[str, StringConstraints(max_length=25, pattern=_CI)]
CiString32 = Annotated[str, StringConstraints(max_length=32, pattern=_CI)]
CiString36 = Annotated[str, StringConstraints(max_length=36, pattern=_CI)]
CiString39 = Annotated[str, StringConstraints(max_length=39, pattern=_CI)]
CiString48 = Annotated[str, StringConstraints(max_length=48, pattern=_CI)]
CiString255 = Annotated[str, StringConstraints(max_length=255, pattern=_CI)]

# OCPI 2.1.1, types: a string is printable ASCII
Ascii2 = Annotated[str, StringConstraints(max_length=2, pattern=_ASCII)]
Ascii3 = Annotated[str, StringConstraints(max_length=3, pattern=_ASCII)]
Ascii4 = Annotated[str, StringConstraints(max_length=4, pattern=_ASCII)]
Ascii10 = Annotated[str, StringConstraints(max_length=10, pattern=_ASCII)]
Ascii16 = Annotated[str, StringConstraints(max_length=16, pattern=_ASCII)]
Ascii36 = Annotated[str, StringConstraints(max_length=36, pattern=_ASCII)]
Ascii39 = Annotated[str, StringConstraints(max_length=39, pattern=_ASCII)]
Ascii45 = Annotated[str, StringConstraints(max_length=45, pattern=_ASCII)]
Ascii48 = Annotated[str, StringConstraints(max_length=48, pattern=_ASCII)]
Ascii64 = Annotated[str, StringConstraints(max_length=64, pattern=_ASCII)]
Ascii100 = Annotated[str, StringConstraints(max_length=100, pattern=_ASCII)]
Ascii255 = Annotated[str, StringConstraints(max_length=255, pattern=_ASCII)]
Ascii512 = Annotated[str, StringConstraints(max_length=512, pattern=_ASCII)]

String2 = Annotated[str, StringConstraints(max_length=2, pattern=_PRINTABLE)]
String3 = Annotated[str, StringConstraints(max_length=3, pattern=_PRINTABLE)]
String4 = Annotated[str, StringConstraints(max_length=4, pattern=_PRINTABLE)]
String10 = Annotated[str, StringConstraints(max_length=10, pattern=_PRINTABLE)]
String12 = Annotated[str, StringConstraints(max_length=12, pattern=_PRINTABLE)]
String16 = Annotated[str, StringConstraints(max_length=16, pattern=_PRINTABLE)]
String20 = Annotated[str, StringConstraints(max_length=20, pattern=_PRINTABLE)]
String45 = Annotated[str, StringConstraints(max_length=45, pattern=_PRINTABLE)]
String50 = Annotated[str, StringConstraints(max_length=50, pattern=_PRINTABLE)]
String64 = Annotated[str, StringConstraints(max_length=64, pattern=_PRINTABLE)]
String100 = Annotated[str, StringConstraints(max_length=100, pattern=_PRINTABLE)]
String255 = Annotated[str, StringConstraints(max_length=255, pattern=_PRINTABLE)]
String512 = Annotated[str, StringConstraints(max_length=512, pattern=_PRINTABLE)]
String5000 = Annotated[str, StringConstraints(max_length=5000, pattern=_PRINTABLE)]

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([0-1][0-9]|2[0-3]):[0-5][0-9]$")]
Date = Annotated[str, StringConstraints(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
Latitude = Annotated[str, StringConstraints(max_length=10, pattern=r"^-?[0-9]{1,2}\.[0-9]{5,7}$")]
Longitude = Annotated[str, StringConstraints(max_length=11, pattern=r"^-?[0-9]{1,3}\.[0-9]{5,7}$")]

# OCPI 2.3.0, types: an OpenEnum has known values, and others
OpenEnum = CiString255
TokenText = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]
