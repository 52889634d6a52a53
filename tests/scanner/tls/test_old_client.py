"""sslyze looks at renegotiation and compression with an OpenSSL that servers of today may refuse for its age."""

import pytest

from scanner.model.facts.tls import Renegotiation, TlsCompression, TlsVersion
from scanner.model.observation import Reason, Unavailable
from scanner.tls import features
from scanner.tls.client_hello import GROUPS
from scanner.tls.older_versions import OlderVersions
from scanner.tls.sslyze_document import NoAnswer
from tests.scanner.tls.test_older_versions import look, taking
from tests.scanner.tls.test_sslyze_document import recorded, scan_of
from tests.targets.tls_runs import endpoint_of, observe, target_of
from tests.targets.tls_servers import OP_ALLOW_CLIENT_RENEGOTIATION, ServerPlan, running_servers

BOTH = (TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)
UNSEEN = OlderVersions(unseen_by_old_client=NoAnswer(Reason.CONTROL_FAILED, "it was refused"))


@pytest.mark.asyncio
async def test_a_renegotiation_that_the_old_client_cannot_reach_is_not_called_refused(tmp_path):
    plan = ServerPlan(options=OP_ALLOW_CLIENT_RENEGOTIATION, only_group="X25519")
    with running_servers({"modern": plan}, tmp_path) as servers:
        facts = await observe(target_of(endpoint_of("modern", servers["modern"])), tmp_path)
    for kind in (Renegotiation, TlsCompression):
        (seen,) = facts.of(kind)
        assert isinstance(seen.result, Unavailable)
        assert seen.result.reason is Reason.CONTROL_FAILED
        assert "X25519" in seen.result.detail


@pytest.mark.asyncio
@pytest.mark.parametrize("group, sees", [("secp256r1", True), ("X25519", False), ("X448", False)])
async def test_the_old_client_is_answered_where_the_server_takes_what_it_knows(tmp_path, group, sees):
    seen, hellos = await look(taking(group), tmp_path, versions=BOTH)
    assert (seen.unseen_by_old_client is None) is sees
    assert GROUPS["X25519"] not in hellos[-1].groups


@pytest.mark.asyncio
async def test_the_old_client_is_not_tried_where_sslyze_says_by_itself_that_it_was_refused(tmp_path):
    seen, hellos = await look(taking("X25519"), tmp_path, versions=(TlsVersion.TLS_1_2,))
    assert seen.unseen_by_old_client is None
    assert len(hellos) == 3


@pytest.mark.parametrize(
    "command, field_name, value, read, flaw",
    [
        ("tls_compression", "supports_compression", True, features.compression, TlsCompression(negotiated=True)),
        (
            "session_renegotiation",
            "is_vulnerable_to_client_renegotiation_dos",
            True,
            features.renegotiation,
            Renegotiation(secure=True, client_initiated=True),
        ),
    ],
)
def test_a_flaw_that_was_seen_counts_whatever_the_old_client_was_told_later(command, field_name, value, read, flaw):
    document = recorded()
    document["scan_result"][command]["result"][field_name] = value
    assert read(scan_of(document), UNSEEN) == flaw
