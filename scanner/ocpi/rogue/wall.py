"""The wall of scenarios: every way in which the partner is hostile, in the order in which they are played."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from scanner.model.facts.ocpi.rogue import (
    BadCertificatesShown,
    BrokenAnswersGiven,
    HostilePartner,
    InwardUrlsOffered,
    Proof,
    RedirectsOffered,
    UnboundedAnswersGiven,
    WaitAskedFor,
    WeakTransportOffered,
)
from scanner.ocpi.rogue import behaviours as b
from scanner.ocpi.rogue.scenario import Face, Listener, RogueScenario
from scanner.ocpi.rogue.site import Behaviour
from scanner.ocpi.rogue.spellings import other_loopback, spellings

SOUND: Final = RogueScenario(
    id="sound", story="nothing is wrong", kind=HostilePartner, proof=Proof.ASKED, behaviour=b.sound
)
AT_SECOND: Final = RogueScenario(
    id="sound-at-second",
    story="nothing is wrong, at the second listener",
    kind=HostilePartner,
    proof=Proof.ASKED,
    behaviour=b.sound,
    leads=Listener.SECOND,
)
CONTROLS: Final = (SOUND, AT_SECOND)
OF_TEST_CA: Final = RogueScenario(
    id="sound-of-test-ca",
    story="nothing is wrong, with a certificate of the test CA",
    kind=HostilePartner,
    proof=Proof.ASKED,
    behaviour=b.sound,
    face=Face.OF_TEST_CA,
    leads=Listener.SECOND,
)


def _at_face(face: Face, kind: type[HostilePartner]) -> RogueScenario:
    return RogueScenario(
        id=face.name.lower().replace("_", "-"),
        story=face.value,
        kind=kind,
        proof=Proof.ASKED,
        behaviour=b.sound,
        face=face,
        leads=Listener.SECOND,
    )


def _answer(id: str, story: str, kind: type[HostilePartner], proof: Proof, behaviour: Behaviour) -> RogueScenario:
    return RogueScenario(id=id, story=story, kind=kind, proof=proof, behaviour=behaviour)


_CERTIFICATES: Final = tuple(
    _at_face(face, BadCertificatesShown)
    for face in (Face.EXPIRED, Face.WRONG_NAME, Face.SELF_SIGNED, Face.UNKNOWN_CA, Face.WRONG_USAGE)
)
_TRANSPORT: Final = tuple(
    _at_face(face, WeakTransportOffered) for face in (Face.WEAK_KEY, Face.TLS_1_0, Face.TLS_1_1, Face.PLAINTEXT)
)


def _redirect(status: HTTPStatus, face: Face) -> RogueScenario:
    where = "plaintext" if face is Face.PLAINTEXT else "another origin"
    return RogueScenario(
        id=f"redirect-{status.value}-to-{where.replace(' ', '-')}",
        story=f"the versions URL redirects (HTTP {status.value}) to {where}",
        kind=RedirectsOffered,
        proof=Proof.ELSEWHERE,
        behaviour=b.redirects(status),
        face=face,
    )


_REDIRECTS: Final = (
    _redirect(HTTPStatus.FOUND, Face.SOUND),
    _redirect(HTTPStatus.PERMANENT_REDIRECT, Face.SOUND),
    _redirect(HTTPStatus.TEMPORARY_REDIRECT, Face.PLAINTEXT),
    RogueScenario(
        id="details-elsewhere",
        story="the version details are on another origin",
        kind=RedirectsOffered,
        proof=Proof.ELSEWHERE,
        behaviour=b.details_elsewhere,
    ),
)
_UNBOUNDED: Final = (
    _answer("slow-drip", "an answer drips without end", UnboundedAnswersGiven, Proof.TOOK_ALL, b.drips),
    _answer("endless-body", "an answer is very long", UnboundedAnswersGiven, Proof.TOOK_ALL, b.never_ends),
    _answer("gzip-bomb", "a short answer unpacks to a very long one", UnboundedAnswersGiven, Proof.WENT_ON, b.bomb),
    _answer("long-headers", "an answer has very long headers", UnboundedAnswersGiven, Proof.WENT_ON, b.long_headers),
)
_BROKEN: Final = (
    _answer(
        "server-error",
        "a sound list comes with HTTP 500",
        BrokenAnswersGiven,
        Proof.WENT_ON,
        b.fails(HTTPStatus.INTERNAL_SERVER_ERROR, 1000),
    ),
    _answer(
        "ocpi-error",
        "a sound list comes with OCPI status 3000",
        BrokenAnswersGiven,
        Proof.WENT_ON,
        b.fails(HTTPStatus.OK, 3000),
    ),
    _answer(
        "details-error",
        "sound details come with OCPI status 3000",
        BrokenAnswersGiven,
        Proof.WENT_ON,
        b.details_fail,
    ),
    _answer("broken-json", "the JSON lacks its end", BrokenAnswersGiven, Proof.WENT_ON, b.broken),
    _answer("cut-off", "the connection ends before the answer", BrokenAnswersGiven, Proof.WENT_ON, b.cut_off),
    _answer("no-json", "the versions URL shows a web page", BrokenAnswersGiven, Proof.WENT_ON, b.no_json),
    _answer("other-types", "the list is an object", BrokenAnswersGiven, Proof.WENT_ON, b.other_types),
)
_WAIT: Final = (
    _answer(
        "come-back-later",
        "HTTP 503 with Retry-After of an hour",
        WaitAskedFor,
        Proof.HAMMERED,
        b.not_now(HTTPStatus.SERVICE_UNAVAILABLE),
    ),
    _answer(
        "too-many-requests",
        "HTTP 429 with Retry-After of an hour",
        WaitAskedFor,
        Proof.HAMMERED,
        b.not_now(HTTPStatus.TOO_MANY_REQUESTS),
    ),
)


def scenarios(inward: tuple[str, ...]) -> tuple[RogueScenario, ...]:
    """All of them; `inward` are places that lead the target to the canary."""
    return (*_CERTIFICATES, *_TRANSPORT, *_REDIRECTS, *_inward(inward), *_UNBOUNDED, *_BROKEN, *_WAIT)


def _inward(places: tuple[str, ...]) -> Iterator[RogueScenario]:
    for number, place in enumerate(places):
        suffix = f"-{number + 1}" if number else ""
        for name, host in (spellings(place) | other_loopback(place)).items():
            yield _steering(f"url-{name}{suffix}", f"the versions URL is at {host}", b.sound, host, Listener.SECOND)
        host = next(iter(spellings(place).values()))
        yield _steering(f"details{suffix}", f"the details are at {host}", b.details_inward, host, Listener.FIRST)
        redirect = b.redirects(HTTPStatus.TEMPORARY_REDIRECT, inward=True)
        yield _steering(f"redirect{suffix}", f"the versions URL redirects to {host}", redirect, host, Listener.FIRST)


def _steering(id: str, story: str, behaviour: Behaviour, host: str, leads: Listener) -> RogueScenario:
    return RogueScenario(
        id=f"inward-{id}",
        story=story,
        kind=InwardUrlsOffered,
        proof=Proof.ELSEWHERE,
        behaviour=behaviour,
        leads=leads,
        inward=host,
    )
