"""The cells of one door, as they fill."""

from scanner.gate.documents import exchange_document
from scanner.model.facts.ocpi.contract import OPEN, AccessCell, Conduct, ContractMatrix
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.party import Right
from scanner.ocpi.contract.asking import Came
from scanner.ocpi.contract.doors import Door


class Cells:
    """What was asked at a door and what came of it; exchanges are kept without the bodies of answers."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._cells: list[AccessCell] = []
        self._documents: list[JsonValue] = []

    def add(self, method: str, what: str, right: Right, answer: Came, *, sure: bool = True) -> None:
        """One request and its answer."""
        conduct, granted = answer.conduct, self._door.granted(right)
        if not self._door.side_told and conduct not in OPEN:
            granted = None  # the other side of the module may be there, which takes no such request
        self._cells.append(
            AccessCell(
                method=method,
                what=what,
                right=right,
                granted=granted,
                conduct=conduct,
                sure=sure,
                http_status=answer.http_status,
                ocpi_status=answer.ocpi_status,
                reason=answer.reason,
                why=answer.why[:300],
                curl=answer.curl,
            )
        )
        if answer.reply is not None:
            self._documents.append(exchange_document(answer.reply.exchange, body=False))

    def not_asked(self, method: str, what: str, right: Right, reason: Reason, why: str) -> None:
        """One request that was kept back."""
        self.add(method, what, right, Came(conduct=Conduct.NOT_ASKED, reason=reason, why=why))

    def fact(self) -> ContractMatrix:
        """All of them."""
        return ContractMatrix(source=self._door.source, in_force=self._door.in_force, cells=tuple(self._cells))

    def document(self) -> JsonValue:
        """The evidence: every cell in words, and the exchanges behind them."""
        said: JsonValue = [cell.said() + (f": {cell.why}" if cell.why else "") for cell in self._cells]
        return {"as": self._door.identity.name, "url": self._door.url, "cells": said, "exchanges": self._documents}
