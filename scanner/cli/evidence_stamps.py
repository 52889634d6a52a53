"""Time stamps for the signatures of a pack; without a network there are none, which is said and no bug."""

from collections.abc import Collection

import rich_click as click
import structlog
from securesystemslib.dsse import Envelope

from reports.pack.envelope import signature_of
from reports.pack.time_stamp import BadTimeStamp, answered, request_for
from scanner.gate.time_stamps import NoTimeStamp, ask_authority

log = structlog.get_logger(__name__)

time_stamped = click.option(
    "--tsa", metavar="URL", help="Let this time stamp authority (RFC 3161) confirm when it was signed."
)


def stamps_for(envelope: Envelope, url: str | None, already: Collection[str] = ()) -> dict[str, bytes]:
    """Time stamps by key id, for signatures that have none yet; what the authority refuses is left out and said."""
    if url is None:
        return {}
    wanted = sorted(envelope.signatures.keys() - set(already))
    return {key_id: stamp for key_id in wanted if (stamp := _stamp(signature_of(envelope, key_id), url)) is not None}


def _stamp(signature: bytes, url: str) -> bytes | None:
    request = request_for(signature)
    try:
        return answered(ask_authority(url, request.as_bytes()), request)
    except (NoTimeStamp, BadTimeStamp) as error:
        log.warning("no time stamp", authority=url, why=str(error), later="ocpi-posture evidence sign PACK --tsa URL")
        return None
