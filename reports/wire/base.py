"""What every part of the document stands on."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
Count = Annotated[int, Field(ge=0)]
Percent = Annotated[float, Field(ge=0, le=100)]


class Wire(BaseModel):
    """Frozen; unknown keys are refused. `defer_build`: only what is asked for by itself is made ready, when it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, defer_build=True)


class ToolDocument(Wire):
    """The program that made the run."""

    name: str
    version: str
