"""TLS of the servers that a scan opens: as everybody speaks it, or as bait for clients that agree to less."""

import ssl
import warnings
from typing import Final

from scanner.model.intent import ListenIntent
from scanner.model.served import Speaks

_OLD: Final = {Speaks.TLS_1_0: ssl.TLSVersion.TLSv1, Speaks.TLS_1_1: ssl.TLSVersion.TLSv1_1}


def server_side(
    intent: ListenIntent, speaks: Speaks = Speaks.MODERN, *, any_key: bool = False
) -> ssl.SSLContext | None:
    """None for plaintext: because it is wanted, or because no certificate is named.

    Raises: OSError or ssl.SSLError if the files cannot be used.
    """
    if speaks is Speaks.PLAINTEXT or intent.certificate_file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if any_key or speaks in _OLD:
        context.set_ciphers("ALL:@SECLEVEL=0")
    if (only := _OLD.get(speaks)) is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # they are out of date, which is what they are for
            context.minimum_version = context.maximum_version = only
    # a password would be asked for on the terminal: there is none
    context.load_cert_chain(intent.certificate_file, intent.key_file, password=b"")
    return context
