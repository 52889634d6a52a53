"""Is everything there that a scan needs? A few reads through the gate; nothing is judged."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scanner.cli.clocks import clocks_apart
from scanner.cli.gate_context import asking_outside_a_run
from scanner.cli.opened_gate import opened_gate
from scanner.cli.talk import Talk
from scanner.cli.tokens import resolver_of, standing_offers
from scanner.cloud.declared import NotDeclared
from scanner.cloud.loaders.catalog import loader_of
from scanner.config.configuration import Configuration, IdentityKey
from scanner.errors import SecretError
from scanner.gate.gate import Gate
from scanner.model.exchange import FailureKind
from scanner.model.late_dataclass import dataclass
from scanner.model.secret import Secret
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.ocpi.authorization import forms, get_authorized
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.reply import NoReply
from scanner.ocpi.version_lists import read_versions
from scanner.run.scratch import scratch_folder

_PROBE: Final = "preflight"
_REACH: Final = "Check host and port of the versions URL, and that this machine may connect to it over TLS."
_REACH_AFTER: Final = {
    FailureKind.CERTIFICATE: "Name the CA in `ca_file` if it is a private one; else its operator has to mend it.",
    FailureKind.ADDRESS_OUT_OF_SCOPE: "Set `allow_internal: true` beside the versions URL if that address is meant.",
}
_CLOCKS: Final = (
    "Set the clocks of both by NTP: appointments, and how long a token lives on, are told by this machine's."
)
_SPEAK: Final = "Check with the platform's operator that the URL is its OCPI versions URL and that the token is valid."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One thing that a scan needs: whether it is there, one sentence about it, and what to do where it is not."""

    environment: str
    about: str
    ok: bool
    detail: str
    deed: str = ""


def secrets_ready(configuration: Configuration, talk: Talk) -> tuple[list[Ready], dict[IdentityKey, Secret]]:
    """Which secrets resolve, and those that did."""
    resolver, found, rows = resolver_of(configuration), dict[IdentityKey, Secret](), list[Ready]()
    for (environment, identity), reference in configuration.tokens.items():
        try:
            sink = configuration.sinks.get((environment, identity))
            newer = resolver.find(sink) if sink else None
            found[(environment, identity)] = newer or resolver.resolve(reference)
            talk.redactor.learn(found[(environment, identity)])
            ok, detail, deed = True, f"found in {sink if newer else reference}", ""
        except SecretError as error:
            ok, detail = False, error.message
            deed = error.hint or f"Put the credentials token where {reference} says, or name another place in `token`."
        rows.append(Ready(environment=environment, about=f"token of {identity}", ok=ok, detail=detail, deed=deed))
    return [*rows, *_agreed_ready(configuration, talk), *_settled_ready(configuration)], found


def _agreed_ready(configuration: Configuration, talk: Talk) -> Iterator[Ready]:
    """Is the CREDENTIALS_TOKEN_A of each invitation there?"""
    for (environment, identity), reference in configuration.agreed.items():
        about = f"token that the platform registers with {identity} with"
        try:
            talk.redactor.learn(resolver_of(configuration).resolve(reference))
            yield Ready(environment=environment, about=about, ok=True, detail=f"found in {reference}")
        except SecretError as error:
            deed = error.hint or f"Make a random token, put it where {reference} says, and give it to the operator."
            yield Ready(environment=environment, about=about, ok=False, detail=error.message, deed=deed)


def _settled_ready(configuration: Configuration) -> Iterator[Ready]:
    """Does a token stand beside that of an identity which an earlier scan could not settle?"""
    for (environment, identity), standing in standing_offers(configuration, configuration.sinks).items():
        about = f"token that was offered to {identity}"
        deed = "Run `ocpi-posture cleanup` with the folder of that scan, or of another."
        yield Ready(environment=environment, about=about, ok=False, detail=standing, deed=deed)


def inputs_ready(configuration: Configuration) -> Iterator[Ready]:
    """Can each declared cloud be loaded: is its file readable, and is there what it takes to run a program?"""
    for target in configuration.targets:
        for one in target.inputs:
            about = f"declared cloud {one.name}"
            try:
                detail = loader_of(one).ready(one)
            except NotDeclared as error:
                yield Ready(environment=target.name, about=about, ok=False, detail=str(error), deed=error.deed)
                continue
            yield Ready(environment=target.name, about=about, ok=True, detail=detail)


def endpoints_ready(configuration: Configuration, tokens: dict[IdentityKey, Secret], talk: Talk) -> list[Ready]:
    """Does each versions URL answer: to whom, with which certificate, and in which form does it take the token?"""
    speaking = tuple(
        replace(target, identities=tuple(i for i in target.identities if (target.name, i.name) in tokens))
        for target in configuration.targets
    )

    async def look() -> list[Ready]:
        with scratch_folder() as folder:
            only = replace(configuration, targets=speaking)
            async with opened_gate(only, tokens, talk.redactor, folder) as gate:
                return [ready for target in speaking for ready in await _ask(gate, target, folder, talk)]

    return asyncio.run(look())


async def _ask(gate: Gate, target: EnvironmentTarget, folder: Path, talk: Talk) -> list[Ready]:
    context = asking_outside_a_run(gate, target, folder, talk)
    rows: list[Ready] = []
    for endpoint in target.endpoints:
        client = OcpiClient(context, endpoint, _PROBE)
        if not target.identities:
            rows.append(await _anybody(client, target, endpoint))
        rows += [await _as_identity(client, target, endpoint, identity.name) for identity in target.speakers(endpoint)]
    return rows


async def _anybody(client: OcpiClient, target: EnvironmentTarget, endpoint: Endpoint) -> Ready:
    reply = await client.get(endpoint.versions_url, "versions without a token")
    about = f"endpoint {endpoint.name}"
    if isinstance(reply, NoReply):
        return Ready(environment=target.name, about=about, ok=False, detail=_unreachable(reply), deed=_reach(reply))
    detail = f"answers HTTP {reply.exchange.status} without a token; certificate accepted"
    return Ready(environment=target.name, about=about, ok=True, detail=detail)


async def _as_identity(client: OcpiClient, target: EnvironmentTarget, endpoint: Endpoint, identity: str) -> Ready:
    about = f"endpoint {endpoint.name} as {identity}"
    asked = await get_authorized(client, endpoint.versions_url, "versions", identity, forms())
    if isinstance(asked.reply, NoReply):
        return Ready(
            environment=target.name, about=about, ok=False, detail=_unreachable(asked.reply), deed=_reach(asked.reply)
        )
    versions = read_versions(asked.reply)
    if asked.form is None or not versions:
        detail = asked.reply.unreadable("versions").detail
        return Ready(environment=target.name, about=about, ok=False, detail=detail, deed=_SPEAK)
    offered = ", ".join(one.version for one in versions)
    detail = f"certificate accepted, token taken as {asked.form.encoding}, versions {offered}"
    apart = clocks_apart(asked.reply.exchange, datetime.now(UTC))
    ok = apart is None or not _has_appointment(target)
    detail = detail if apart is None else f"{detail}; {apart}"
    return Ready(environment=target.name, about=about, ok=ok, detail=detail, deed="" if ok else _CLOCKS)


def _has_appointment(target: EnvironmentTarget) -> bool:
    """Somebody does something at a time that was agreed."""
    return any(one.revoked_at or one.invited or one.commanded for one in target.identities)


def _unreachable(reply: NoReply) -> str:
    if reply.failure is not None and reply.failure.kind is FailureKind.CERTIFICATE:
        return f"{reply.detail}; no token was sent"
    return reply.detail


def _reach(reply: NoReply) -> str:
    """What to do so that an endpoint can be reached."""
    return _REACH_AFTER.get(reply.failure.kind, _REACH) if reply.failure else _REACH
