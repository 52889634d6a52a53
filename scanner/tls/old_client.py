"""Would the old OpenSSL by which sslyze looks at renegotiation and compression be answered at all?

Of a server that also speaks TLS 1.3 sslyze looks at both in TLS 1.2, with OpenSSL 1.0.2, which knows no X25519, EdDSA
and ChaCha20. Where it is refused for the lack of those, sslyze says that nothing is renegotiated or compressed.
"""

import struct
from typing import Final

from scanner.model.facts.tls import TlsVersion
from scanner.model.observation import Reason
from scanner.tls.client_hello import Offer
from scanner.tls.greeting import Declined, Greeter
from scanner.tls.sslyze_document import NoAnswer

# As that client sends them: suites, groups, and pairs of hash and signature (6 to 2: SHA-512 to SHA-1; 1 to 3: RSA,
# DSA, ECDSA).
_SUITES: Final = tuple(
    number
    for (number,) in struct.iter_unpack(
        "!H",
        bytes.fromhex(
            "c030c02cc028c024c014c00a00a500a300a1009f006b006a006900680039003800370036c032c02ec02ac026c00fc005009d003d0035"
            "c02fc02bc027c023c013c00900a400a200a0009e00670040003f003e0033003200310030c031c02dc029c025c00ec004009c003c002f"
            "009a00990098009700960007c011c007c00cc00200050004"
        ),
    )
)
_GROUPS: Final = (
    *("secp256r1", "secp521r1", "brainpoolP512r1", "brainpoolP384r1", "secp384r1", "brainpoolP256r1", "secp256k1"),
    *("sect571r1", "sect571k1", "sect409k1", "sect409r1", "sect283k1", "sect283r1"),
)
_SIGNATURES: Final = tuple(hash_ << 8 | signature for hash_ in (6, 5, 4, 3, 2) for signature in (1, 2, 3))


async def greet_as_old_client(greeter: Greeter) -> NoAnswer | None:
    """Why such a client sees nothing of the server in TLS 1.2; None where it is answered."""
    try:
        answer = await greeter.greet(TlsVersion.TLS_1_2, Offer(suites=_SUITES, groups=_GROUPS, signatures=_SIGNATURES))
    except NoAnswer as none:
        return none
    if isinstance(answer, Declined):
        said = "the server takes nothing of what sslyze offers in TLS 1.2 with its OpenSSL 1.0.2"
        return NoAnswer(Reason.CONTROL_FAILED, f"{said} (no X25519, no EdDSA, no ChaCha20), so that nothing was seen")
    return None
