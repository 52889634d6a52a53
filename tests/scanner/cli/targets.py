"""Configurations of real servers on loopback, for the tests of commands."""

import json
from pathlib import Path
from typing import Any

from tests.targets.reference_service import RunningService

FAST: dict[str, Any] = {"requests_per_second": 2000, "burst": 500, "max_refusals": 2000, "timeout_s": 30}


def endpoint(versions_url: str, ca: Path | None = None, **more: Any) -> dict[str, Any]:
    """An endpoint on loopback that must not answer on any other port."""
    trust = {"ca_file": str(ca)} if ca else {}
    return {"versions_url": versions_url, "allow_internal": True, "plaintext_ports": [], **trust, **more}


def write_config(folder: Path, endpoints: dict[str, Any], name: str = "ocpi-posture.yaml", **more: Any) -> Path:
    """One environment `test` with these endpoints and whatever else it has."""
    file = folder / name
    environment = {"endpoints": endpoints, "limits": FAST, **more}
    file.write_text(json.dumps({"environments": {"test": environment}}, indent=1))
    return file


def config_of(service: RunningService, folder: Path, token: str = "file:token", **more: Any) -> Path:
    """The reference service as eMSP `emsp-a`, with its token in a file of the folder."""
    (folder / "token").write_text(service.tokens["emsp-a"] + "\n")
    identities = {"emsp-one": {"token": token, "party": "DE-VLT", "role": "EMSP"}}
    return write_config(
        folder, {"main": endpoint(service.versions_url, service.ca_path)}, identities=identities, **more
    )


def posture(folder: Path) -> dict[str, Any]:
    """The posture.json of a run."""
    document: dict[str, Any] = json.loads((folder / "posture.json").read_bytes())
    return document
