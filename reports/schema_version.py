"""The version of posture.json: of its shape, not of the program that wrote it."""

from typing import Final

SCHEMA_VERSION: Final = "1"
