"""The name of the configuration, apart from what reads it, which takes long to load."""

from typing import Final

DEFAULT_FILE: Final = "ocpi-posture.yaml"
