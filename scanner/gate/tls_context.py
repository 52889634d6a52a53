"""TLS contexts of our own client: verified against the system store or one configured CA."""

import ssl
from functools import lru_cache
from pathlib import Path
from typing import Final

from scanner.model.target import ClientCertificate

# Python's defaults changed with 3.13; a verdict must not depend on that. Key identifiers, which older private CAs leave
# out, are not demanded (VERIFY_X509_STRICT), as `scanner.tls.trust` does not demand them.
_VERIFY: Final = ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN


@lru_cache(maxsize=64)
def verifying_context(ca_file: Path | None, client: ClientCertificate | None = None) -> ssl.SSLContext:
    """Certificate and name verified, TLS 1.2 and later (RFC 9325, section 3.1.1); `client` is shown to who asks for it.

    Each certificate of `ca_file` is an anchor, also one that another CA has signed.

    Raises: OSError if a file cannot be read, ssl.SSLError if it holds no certificate, or a key that is another's.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.verify_flags = _VERIFY
    context.hostname_checks_common_name = False  # RFC 9525, section 2: only a subjectAltName names a server
    if client is not None:
        # a password would be asked for on the terminal: there is none
        context.load_cert_chain(client.certificate_file, client.key_file, password=b"")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return _keeping_its_keys(context)


@lru_cache(maxsize=64)
def looking_context(client: ClientCertificate | None = None) -> ssl.SSLContext:
    """Verifies nothing: only for requests that carry no real token and look at what is there.

    `client` is shown to who asks for it: that proves who we are in this one handshake, and gives nothing away.

    Raises: as `verifying_context`.
    """
    context = _looking()
    if client is not None:
        context.load_cert_chain(client.certificate_file, client.key_file, password=b"")
    return context


@lru_cache(maxsize=64)
def strangers_context(client: ClientCertificate | None) -> ssl.SSLContext:
    """As `looking_context`, with a made-up certificate that has the names of `client`.

    Raises: OSError or ValueError if the certificate of `client` cannot be read.
    """
    from scanner.gate.stranger import load_stranger  # noqa: PLC0415 - few runs meet a server that asks for one

    context = _looking()
    load_stranger(context, client.certificate_file.read_bytes() if client else None)
    return context


def _looking() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # without the system's store, which takes 30 ms to load
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return _keeping_its_keys(context)


def _keeping_its_keys(context: ssl.SSLContext) -> ssl.SSLContext:
    """Python would write session keys to a file that SSLKEYLOGFILE names."""
    context.keylog_filename = None  # type: ignore[assignment]
    return context
