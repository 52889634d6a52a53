import pytest

from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import IdentityCredential
from scanner.model.witness import Witness
from scanner.ocpi.client import MAX_REDIRECTS, OcpiClient
from scanner.ocpi.reply import NoReply, Reply
from tests.scanner.gate_fixtures import open_gate
from tests.targets.odd_platforms import TOKEN, Platform, RunningPlatform, running_hostile, running_platform

AS_US = IdentityCredential(identity="emsp-a")


async def get(platform: RunningPlatform, tmp_path, url: str | None = None) -> Reply | NoReply:
    async with open_gate(platform.target(), tmp_path, tokens={"emsp-a": TOKEN}) as gate:
        client = OcpiClient(gate.context(Witness.PROTOCOL), gate.target.endpoints[0], "test")
        return await client.get(url or platform.versions_url, "versions", AS_US)


@pytest.mark.asyncio
async def test_a_redirect_on_the_same_origin_is_followed_with_the_token(tmp_path):
    with running_platform(Platform(redirects={"versions": "/ocpi/moved/versions"})) as platform:
        reply = await get(platform, tmp_path)
    assert isinstance(reply, Reply)
    assert (reply.followed, reply.refused_redirect) == (1, None)
    assert len({request.headers["authorization"] for request in platform.requests}) == 1


@pytest.mark.asyncio
async def test_a_token_never_arrives_at_the_origin_that_a_redirect_names(tmp_path):
    with running_platform(Platform()) as other:
        redirects = {"versions": f"{other.origin}/ocpi/versions"}
        with running_platform(Platform(redirects=redirects)) as platform:
            reply = await get(platform, tmp_path)
    assert isinstance(reply, Reply)
    assert reply.refused_redirect is not None
    assert reply.refused_redirect.place is UrlPlace.OTHER_HOST
    assert other.requests == []
    assert len(platform.requests) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "location, place",
    [
        ("http://localhost/ocpi/versions", UrlPlace.PLAINTEXT),
        ("//elsewhere.example/ocpi", UrlPlace.OTHER_HOST),
        ("https://169.254.169.254/latest", UrlPlace.OTHER_HOST),
        ("javascript:alert(1)", UrlPlace.NOT_A_URL),
    ],
)
async def test_any_other_redirect_is_refused_and_said(location, place, tmp_path):
    with running_platform(Platform(redirects={"versions": location})) as platform:
        reply = await get(platform, tmp_path)
    assert isinstance(reply, Reply)
    assert reply.refused_redirect is not None
    assert reply.refused_redirect.place is place
    assert "was not followed" in reply.refused_redirect.why
    assert len(platform.requests) == 1


@pytest.mark.asyncio
async def test_a_redirect_loop_ends(tmp_path):
    with running_hostile("redirect-loop") as platform:
        reply = await get(platform, tmp_path)
    assert isinstance(reply, Reply)
    assert len(platform.requests) == 1 + MAX_REDIRECTS
    assert reply.unreadable("versions").detail.startswith("versions: redirected more than")


@pytest.mark.asyncio
async def test_a_host_out_of_scope_is_not_asked(tmp_path):
    with running_platform(Platform()) as platform:
        reply = await get(platform, tmp_path, "https://elsewhere.example/ocpi/versions")
    assert isinstance(reply, NoReply)
    assert "not in scope" in reply.detail
    assert platform.requests == []


@pytest.mark.asyncio
async def test_every_request_has_ids_of_its_own(tmp_path):
    with running_platform(Platform(redirects={"versions": "/ocpi/moved/versions"})) as platform:
        await get(platform, tmp_path)
    ids = [r.headers[name] for r in platform.requests for name in ("x-request-id", "x-correlation-id")]
    assert len(set(ids)) == len(ids) == 4
