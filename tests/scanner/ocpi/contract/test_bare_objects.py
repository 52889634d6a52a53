"""A platform that refuses optional properties says nothing of rights by it: the same is sent without them."""

import asyncio
from dataclasses import replace

import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.facts.ocpi.contract import OPEN, Conduct, ContractMatrix, OwnersCompared
from scanner.model.party import Contract, Grant, Party, Right, Role
from scanner.model.subject import Side
from scanner.ocpi.contract.probe import ContractProbe
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.run.leftovers import left_behind
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.seen import facts_of
from tests.targets.odd_receivers import TOKEN, Manners, OddReceiver, odd_receiver

PUSHES = Grant(module="tokens", side=Side.RECEIVER, rights=frozenset(Right))


def look(manners, folder):
    async def run():
        async with odd_receiver(folder, manners) as receiver:
            target = receiver.target()
            (identity,) = target.identities
            assert identity.party is not None
            agreed = Contract(partner="p", party=identity.party, roles=(Role.EMSP,), grants=(PUSHES,))
            target = replace(
                target,
                identities=(replace(identity, partner="p"),),
                contracts=(agreed,),
                absent_parties=frozenset({Party.parse("ZZ-ABS")}),
            )
            async with open_gate(target, folder, tokens={"emsp-a": TOKEN}) as gate:
                return await gate.run(DiscoveryProbe(), ContractProbe())

    return asyncio.run(run())


@pytest.mark.parametrize("bare_only", [False, True])
def test_rights_and_owners_are_seen_with_bare_objects_where_full_ones_are_refused(bare_only, tmp_path):
    facts = look(Manners(bare_only=bare_only), tmp_path)
    (tokens,) = facts_of(facts, ContractMatrix, module="tokens", side="receiver")
    (written,) = (c for c in tokens.cells if c.method == "PUT")
    assert written.conduct is Conduct.WORKED
    (compared,) = facts_of(facts, OwnersCompared)
    assert compared.combinations[0].agrees
    assert compared.combinations[0].conduct in OPEN
    assert len(compared.combinations) == 8


@pytest.mark.parametrize("stores", [True, False])
def test_a_write_for_another_that_ends_in_an_error_is_looked_for_and_stays_on_record(stores, tmp_path, monkeypatch):
    write = OddReceiver._write

    def breaking(receiver, path, body, before):
        if "/ZZ/ABS/" not in path:
            return write(receiver, path, body, before)
        if stores:
            write(receiver, path, body, before)
        return 500, 3000, None

    monkeypatch.setattr(OddReceiver, "_write", breaking)
    (compared,) = facts_of(look(Manners(), tmp_path), OwnersCompared)
    by_url = {c.conduct for c in compared.combinations if not c.url_agrees}
    assert by_url == {Conduct.TOOK_EFFECT if stores else Conduct.BROKEN}
    left = [one.leftover.what for one in left_behind(read_journal(tmp_path / FILE_NAME))]
    assert sum("of ZZ-ABS" in what for what in left) == 8  # whatever names it
