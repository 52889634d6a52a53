"""Writing and reading a deployment folder.

```
ca.pem                root certificate: what clients trust
issuing-ca.pem, issuing-ca-key.pem   signs the server certificate (and those of the certificate faults)
server.pem, server-key.pem           chain and key that are served
service.json          settings and contracts; tokens as SHA-256
seed.json             objects to start with
tokens/<partner>      each partner's credentials token in clear, for the test client
partner-tokens/       tokens that partners gave us in a handshake
```
Everything is readable by the owner only.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.service.credentials_token import CredentialsToken
from infra.service.deployment.contracts import OWN_ROLES, partner_documents
from infra.service.deployment.document import ServiceDocument
from infra.service.deployment.hub import hub_partner_documents, hub_roles, with_clients
from infra.service.deployment.seed_records import Records, seed_records

_LOOPBACK: Final = "127.0.0.1"


class FolderError(Exception):
    """The folder cannot be used; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Paths in a deployment folder."""

    root: Path

    @property
    def ca(self) -> Path:
        """Root certificate."""
        return self.root / "ca.pem"

    @property
    def issuing_ca(self) -> tuple[Path, Path]:
        """Issuing CA: certificate, key."""
        return self.root / "issuing-ca.pem", self.root / "issuing-ca-key.pem"

    @property
    def server(self) -> tuple[Path, Path]:
        """Server: chain, key."""
        return self.root / "server.pem", self.root / "server-key.pem"

    @property
    def partner_tokens(self) -> Path:
        """Folder of the vault."""
        return self.root / "partner-tokens"

    def names(self, host: str) -> tuple[str, ...]:
        """What the server certificate is for."""
        return tuple(dict.fromkeys((host, "localhost", _LOOPBACK)))

    def document(self) -> ServiceDocument:
        """The settings. Raises FolderError."""
        try:
            return ServiceDocument.model_validate_json((self.root / "service.json").read_bytes())
        except OSError:
            raise FolderError(f"{self.root} has no service.json: run `prepare` first") from None
        except ValueError as error:
            raise FolderError(f"{self.root / 'service.json'}: {error}") from None

    def seed(self) -> Records:
        """The objects to start with, by version and collection."""
        data: Records = json.loads((self.root / "seed.json").read_bytes())
        return data

    def tokens(self) -> dict[str, str]:
        """Clear credentials tokens by partner."""
        return {p.name: p.read_text("ascii").strip() for p in sorted((self.root / "tokens").iterdir())}


def prepare(
    root: Path,
    *,
    host: str = "localhost",
    outbound: Mapping[str, object] | None = None,
    pulling: Mapping[str, object] | None = None,
    backends: Mapping[str, object] | None = None,
    seed: int = 1,
    is_hub: bool = False,
) -> Folder:
    """Write a new deployment folder. Raises FolderError when `root` exists and is not empty.

    `is_hub` makes the platform a hub as well.
    `outbound`, `pulling` and `backends` are the parts of these names in service.json. Keys and tokens are random,
    objects depend on `seed` only.
    """
    folder = Folder(root)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(root.iterdir()):
        raise FolderError(f"{root} is not empty")
    root.chmod(0o700)
    _write_certificates(folder, host)
    (root / "tokens").mkdir(mode=0o700)
    partners = [_with_token(folder, d) for d in (hub_partner_documents() if is_hub else partner_documents())]
    document = {
        "host": host,
        "public_origin": None,
        "roles": hub_roles() if is_hub else OWN_ROLES,
        "partners": partners,
        "log_key": secrets.token_hex(32),
        "outbound": dict(outbound or {}),
        "pulling": None if pulling is None else dict(pulling),
        "backends": dict(backends or {}),
    }
    records = with_clients(seed_records(seed)) if is_hub else seed_records(seed)
    ServiceDocument.model_validate_json(json.dumps(document))
    _write(root / "service.json", json.dumps(document, indent=2).encode())
    _write(root / "seed.json", json.dumps(records, separators=(",", ":")).encode())
    return folder


def _with_token(folder: Folder, document: dict[str, Any]) -> dict[str, Any]:
    token = CredentialsToken.make()
    _write(folder.root / "tokens" / document["id"], token.reveal().encode())
    return document | {"token_sha256": token.digest()}


def _write_certificates(folder: Folder, host: str) -> None:
    from infra.service.deployment import certificates  # noqa: PLC0415 - cryptography is not needed to serve
    from infra.service.deployment.certificate_plan import CertificatePlan  # noqa: PLC0415

    now = certificates.utc_now()
    root, issuer = certificates.make_ca(now)
    server = certificates.issue(CertificatePlan(names=folder.names(host)), issuer, now)
    _write(folder.ca, certificates.pem(root))
    _write(folder.issuing_ca[0], certificates.pem(issuer.certificate))
    _write(folder.issuing_ca[1], issuer.key_pem())
    _write(folder.server[0], server.chain)
    _write(folder.server[1], server.key)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
