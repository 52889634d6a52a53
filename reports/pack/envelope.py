"""The DSSE envelope around a statement (secure-systems-lab/dsse v1): one form of bytes, signatures by key id.

What is signed is the statement and its type, so a signature can be added later and says nothing about the others.
"""

import json
from collections.abc import Iterable, Sequence

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signer, SSlibKey

from reports.pack.statement import PAYLOAD_TYPE


def sealed(payload: bytes, signers: Iterable[Signer] = ()) -> Envelope:
    """A statement in an envelope, signed; without signers it is only wrapped.

    Raises: as `sign`.
    """
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    for signer in signers:
        sign(envelope, signer)
    return envelope


def sign(envelope: Envelope, signer: Signer) -> str:
    """Add a signature, or put it in the place of an earlier one of the same key; gives the id of the key.

    Raises: UnverifiedSignatureError where the signer gave one that does not hold; whatever a signer raises.
    """
    signature = envelope.sign(signer)
    signer.public_key.verify_signature(signature, envelope.pae())
    return str(signature.keyid)


def envelope_bytes(envelope: Envelope) -> bytes:
    """The one form of the envelope's bytes."""
    document = envelope.to_dict()
    document["signatures"].sort(key=lambda signature: signature["keyid"])
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def read_envelope(content: bytes) -> Envelope:
    """The envelope that `envelope_bytes` wrote.

    Raises: ValueError, also where the same could be written in another form: an unused bit would be covered by nothing.
    """
    try:
        envelope = Envelope.from_dict(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is no DSSE envelope: {type(error).__name__}") from None
    if envelope.payload_type != PAYLOAD_TYPE:
        raise ValueError(f"its payload is {envelope.payload_type[:60]!a}, not an in-toto statement")
    if envelope_bytes(envelope) != content:
        raise ValueError("it is not in the one form that a pack has")
    return envelope


def signature_of(envelope: Envelope, key_id: str) -> bytes:
    """The bytes of a signature that is there."""
    return bytes.fromhex(envelope.signatures[key_id].signature)


def signer_among(envelope: Envelope, ways: Sequence[SSlibKey]) -> str | None:
    """The id under which a key (in the ways in which it may sign) has truly signed; None if it has not."""
    for key in ways:
        signature = envelope.signatures.get(key.keyid)
        if signature is None:
            continue
        try:
            key.verify_signature(signature, envelope.pae())
        except UnverifiedSignatureError:
            continue
        return key.keyid
    return None
