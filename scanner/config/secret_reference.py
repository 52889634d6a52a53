"""A reference to a secret, as it stands in the configuration or after `--token`."""

import re
from pathlib import Path
from typing import Final

from scanner.model.late_dataclass import dataclass

FORMS: Final = "env:NAME, file:PATH or aws-secretsmanager:ARN[#key]"
_ENV_NAME: Final = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_ARN: Final = re.compile(r"^arn:[a-z0-9-]+:secretsmanager:(?P<region>[a-z0-9-]+):\d{12}:secret:[A-Za-z0-9/_+=.@-]+$")


class NotAReference(ValueError):
    """The text is no reference. Its message never repeats the text, which may be a secret in clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretReference:
    """`scheme` is `env`, `file` or `aws-secretsmanager`; `key` picks one member of a JSON secret."""

    scheme: str
    name: str
    key: str | None = None

    @classmethod
    def parse(cls, text: str) -> "SecretReference":
        """Read `env:NAME`, `file:PATH` or `aws-secretsmanager:ARN[#key]`.

        Raises: NotAReference.
        """
        scheme, _, name = text.partition(":")
        match scheme:
            case "env" if _ENV_NAME.match(name):
                return cls(scheme=scheme, name=name)
            case "env":
                raise NotAReference("`env:` is followed by the name of an environment variable, such as env:OCPI_TOKEN")
            case "file" if name:
                _refuse_nobodys_home(name)
                return cls(scheme=scheme, name=name)
            case "file":
                raise NotAReference("`file:` is followed by the path of a file, such as file:secrets/ocpi-token")
            case "aws-secretsmanager":
                return cls._parse_arn(name)
        how = "written in clear" if text else "empty"
        raise NotAReference(f"the secret is {how}; write where it is kept instead: {FORMS}")

    @classmethod
    def _parse_arn(cls, text: str) -> "SecretReference":
        arn, _, key = text.partition("#")
        if not _ARN.match(arn):
            raise NotAReference(
                "`aws-secretsmanager:` is followed by the whole ARN of the secret, and #key if it is JSON"
            )
        return cls(scheme="aws-secretsmanager", name=arn, key=key or None)

    @classmethod
    def parse_sink(cls, text: str) -> "SecretReference":
        """As `parse`, but a place that can also be written to.

        Raises: NotAReference, also for `env:`.
        """
        reference = cls.parse(text)
        if reference.scheme == "env":
            raise NotAReference(
                "a new token cannot be kept in an environment variable; use file: or aws-secretsmanager:"
            )
        return reference

    @property
    def region(self) -> str | None:
        """The AWS region inside the ARN; None for other schemes."""
        match = _ARN.match(self.name)
        return match["region"] if match else None

    def __str__(self) -> str:
        return f"{self.scheme}:{self.name}" + (f"#{self.key}" if self.key else "")


def _refuse_nobodys_home(path: str) -> None:
    try:
        Path(path).expanduser()
    except RuntimeError:
        raise NotAReference("the `~` after `file:` leads to no home directory; write the whole path") from None
