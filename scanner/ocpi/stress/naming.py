"""The name that the stress lab goes by in requests, plans and the journal."""

from typing import Final

NAME: Final = "ocpi-stress"
