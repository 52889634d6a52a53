"""Time stamps of a third party (RFC 3161) over a signature: it was there at that time, whoever has the key by now."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography.x509 import Certificate, load_der_x509_certificate
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.tsp import TimeStampRequest

from scanner.model.late_dataclass import dataclass


class BadTimeStamp(ValueError):
    """An answer of a time stamp authority that proves nothing; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """When (UTC) and by whom; `trusted`: the authority's certificate was held against a root that was given."""

    at: datetime
    authority: str
    trusted: bool


def request_for(signature: bytes) -> TimeStampRequest:
    """The question to an authority: the SHA-256 of the signature and a nonce; nothing else about the run leaves."""
    return TimestampRequestBuilder().data(signature).hash_algorithm(HashAlgorithm.SHA256).build()


def answered(answer: bytes, request: TimeStampRequest) -> bytes:
    """The answer, if it is one to this request and grants a time stamp.

    Raises: BadTimeStamp.
    """
    response = _decoded(answer)
    if PKIStatus(response.status) not in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}:
        raise BadTimeStamp(f"the authority refused it: {'; '.join(response.status_string)[:200]!a}")
    if response.tst_info.nonce != request.nonce:
        raise BadTimeStamp("it answers another request")
    if response.tst_info.message_imprint.message != request.message_imprint.message:
        raise BadTimeStamp("it is about something else")
    return answer


def check_stamp(answer: bytes, signature: bytes, roots: Sequence[Certificate]) -> Stamped:
    """Hold a time stamp against the signature that it is about, and against the roots.

    Without roots nothing is known of who stamped: then only what the stamp says is looked at, and it is not trusted.

    Raises: BadTimeStamp.
    """
    try:
        return _checked(_decoded(answer), signature, roots)
    except BadTimeStamp:
        raise
    except Exception as error:  # noqa: BLE001 - two parsers of what a stranger wrote, who raise what they like
        raise BadTimeStamp(f"it cannot be read: {type(error).__name__}") from None


def _checked(response: TimeStampResponse, signature: bytes, roots: Sequence[Certificate]) -> Stamped:
    at = response.tst_info.gen_time.astimezone(UTC)
    leaf = _leaf(response)
    if not leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc:
        raise BadTimeStamp(
            f"it says {at:%Y-%m-%d %H:%M:%SZ}, when its certificate was not valid "
            f"({leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d})"
        )
    if response.tst_info.message_imprint.message != hashlib.sha256(signature).digest():
        raise BadTimeStamp("it is about another signature")
    if roots:
        _refuse_forged(response, leaf, signature, roots)
    return Stamped(at=at, authority=leaf.subject.rfc4514_string(), trusted=bool(roots))


def _refuse_forged(
    response: TimeStampResponse, leaf: Certificate, signature: bytes, roots: Sequence[Certificate]
) -> None:
    try:
        VerifierBuilder(roots=list(roots), tsa_certificate=leaf).build().verify_message(response, signature)
    except (VerificationError, ValueError) as error:
        raise BadTimeStamp(f"its authority is not shown to be behind it: {str(error)[:160]}") from None


def _decoded(answer: bytes) -> TimeStampResponse:
    try:
        response = decode_timestamp_response(answer)
        if PKIStatus(response.status) in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}:
            _ = response.tst_info.gen_time, response.signed_data.signer_infos
    except Exception as error:  # noqa: BLE001 - as above
        raise BadTimeStamp(f"it is no answer of a time stamp authority: {str(error)[:120]}") from None
    return response


def _leaf(response: TimeStampResponse) -> Certificate:
    """The certificate that signed; RFC 3161, section 2.4.1: it comes along where it was asked for."""
    signed = response.signed_data
    if len(signed.signer_infos) != 1:
        raise BadTimeStamp("it is not signed by exactly one authority")
    (signer,) = signed.signer_infos
    for der in signed.certificates:
        certificate = load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
            return certificate
    raise BadTimeStamp("the certificate of its authority is not in it")
