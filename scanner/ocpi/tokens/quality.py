"""Probe `ocpi-token-quality`: the tokens that the run was given, by their shape. Sends nothing."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from scanner.model.facts.ocpi.tokens import TokenStrength
from scanner.model.intent import PlannedRequest
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.subject import EnvironmentSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.token_shape import TokenShape
from scanner.model.witness import Witness
from scanner.probe import ProbeContext

NAME: Final = "ocpi-token-quality"


class TokenQualityProbe:
    """One fact for each identity; the gate alone sees the tokens."""

    name = NAME
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset({TokenStrength})
    after: frozenset[str] = frozenset()

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:  # noqa: ARG002 - as the protocol has it
        """Nothing is sent."""
        return ()

    async def run(self, context: ProbeContext) -> None:
        """Record each shape under its identity."""
        subject = EnvironmentSubject(environment=context.target.name)
        shapes = context.gate.token_shapes(context.target.name)
        if not shapes:
            detail = "no identity with a token is configured"
            context.record.unavailable(subject, TokenStrength, Reason.NOT_CONFIGURED, detail)
        for shape in shapes:
            title = f"shape of the token of {shape.identity}"
            evidence = context.evidence.store_document(title, Witness.PROTOCOL, _document(shape))
            names = sorted({context.target.name, *(environment for environment, _ in shape.compared_with)})
            fact = TokenStrength(shape=shape, environments=tuple(names), compared=len(shape.compared_with))
            context.record.seen(subject, fact, evidence, identity=shape.identity)


def _document(shape: TokenShape) -> JsonValue:
    return {name: _plain(value) for name, value in asdict(shape).items()}


def _plain(value: object) -> JsonValue:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else str(value)
