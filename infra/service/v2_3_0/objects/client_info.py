"""Objects (OCPI 2.3.0, mod_hub_client_info: object description)."""

from __future__ import annotations

from typing import Literal

from infra.service.objects.base import CiString2, CiString3, DateTime, OcpiObject
from infra.service.v2_3_0.objects.shared import Role

ConnectionStatus = Literal["CONNECTED", "OFFLINE", "PLANNED", "SUSPENDED"]


class ClientInfo(OcpiObject):
    """A party that is connected to a hub."""

    party_id: CiString3
    country_code: CiString2
    role: Role
    status: ConnectionStatus
    last_updated: DateTime
