"""Who calls, and what the gateway is told about it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from infra.authoriser.access import Access, Contract, TokenRecord
from infra.authoriser.certificates import ClientCertificate, presented_certificate
from infra.authoriser.credentials import RAW, Presented, presented
from infra.authoriser.resources import RAW_VERSION, VERSIONS, allowed


class Unauthorized(Exception):
    """Nobody we know. The gateway answers 401 to this word and 500 to any other, and is told no reason."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def decide(event: Mapping[str, Any], access: Access, now: datetime, *, mutual_tls: bool = False) -> dict[str, Any]:
    """The authoriser's answer to a REQUEST event. Raises Unauthorized; whatever else is raised also lets nobody in.

    With `mutual_tls` a token opens the door only together with a client certificate of the partner it belongs to.
    """
    certificate = presented_certificate(event) if mutual_tls else None
    if mutual_tls and certificate is None:
        raise Unauthorized
    for reading in presented(event):
        found = access.find(reading.digest, certificate.fingerprint if certificate else None)
        if found is not None and _is_current(found.token, reading, now):
            contract = found.contract
            if contract is None or (mutual_tls and not _is_bound(contract, certificate)):
                raise Unauthorized
            versions = _versions(contract, reading, event["methodArn"])
            if versions and _in_force(contract, now):
                return _answer(event["methodArn"], contract.on(now.date()), found.token, versions)
    raise Unauthorized


def _is_current(record: TokenRecord, reading: Presented, now: datetime) -> bool:
    """The table was asked by hash, so its timing tells nothing of the token; the comparison is constant-time too."""
    same = hmac.compare_digest(record.digest.encode(), reading.digest.encode())
    return same and (record.expires_at is None or now.timestamp() < record.expires_at)


def _is_bound(contract: Contract, certificate: ClientCertificate | None) -> bool:
    """By subject and issuer, so that a renewed certificate goes on working. No for a contract that names none."""
    names = contract.certificate
    return (
        certificate is not None
        and names is not None
        and (certificate.subject, certificate.issuer) == (names["subject"], names["issuer"])
    )


def _versions(contract: Contract, reading: Presented, method_arn: str) -> tuple[str, ...]:
    """The versions that the header is written for; none where it is wrong for the path that is asked.

    The answer is cached by header, so it says all that this header opens: on the paths of 2.1.1 a raw token, whatever
    the partner writes elsewhere.
    """
    own = reading.encoding == contract.token_encoding
    is_raw = reading.encoding == RAW
    for_raw_version = RAW_VERSION in method_arn.split("/")[4:6]
    if not (is_raw if for_raw_version else own):
        return ()
    return tuple(v for v in VERSIONS if (is_raw if v == RAW_VERSION else own))


def _in_force(contract: Contract, now: datetime) -> bool:
    begin, end = (
        datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (contract.contract_from, contract.contract_until)
    )
    return begin <= now < end


def _answer(method_arn: str, contract: Contract, record: TokenRecord, versions: tuple[str, ...]) -> dict[str, Any]:
    stage = "/".join(method_arn.split("/")[:2])  # arn:..:API/STAGE
    resources = [f"{stage}/{pattern}" for pattern in allowed(contract, bootstrap=record.bootstrap, versions=versions)]
    return {
        "principalId": contract.partner_id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resources}],
        },
        "context": {"partner": contract.partner_id, "bootstrap": record.bootstrap, **_renewed(record)},
        "usageIdentifierKey": contract.usage_key,
    }


def _renewed(record: TokenRecord) -> dict[str, str]:
    """The service is told of the other token of a rotation: its use shows that the partner has it."""
    return {} if record.expires_at is None else {"renewed_token": record.digest}
