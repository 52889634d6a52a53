"""What every part of the file's types stands on: strict, frozen, and unknown keys refused."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from scanner.config.secret_reference import SecretReference

Text = Annotated[str, Field(min_length=1)]
Reference = Annotated[str, AfterValidator(lambda text: str(SecretReference.parse(text)))]


class Strict(BaseModel):
    """A mapping of the file; what the user wrote is not repeated in errors.

    `defer_build`: each type is made ready where it is first asked for itself, not also within every other one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True)
