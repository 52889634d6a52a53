"""The advice that stands where the refusal budget cuts questions off."""

import asyncio
import re
from dataclasses import replace

from scanner.model.observation import Reason, Unavailable
from scanner.model.witness import Witness
from scanner.ocpi.access import AccessProbe
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.misplaced import MisplacedTokenProbe
from scanner.ocpi.share import everything
from scanner.ocpi.tokens.guessing import TokenGuessingProbe
from scanner.ocpi.tokens.matching import TokenMatchingProbe
from scanner.ocpi.tokens.oracle import TokenOracleProbe
from scanner.ocpi.tokens.samples import FEWEST
from tests.scanner.gate_fixtures import FAST, open_gate
from tests.targets.odd_platforms import TOKEN, Platform, running_platform

SIDES = ("SENDER", "RECEIVER")
ADVICE = re.compile(r"with --max-refusals (\d+) everything is asked")


def cut_off(platform, folder, max_refusals):
    """Why something was not asked for, each sentence that the budget is the cause of."""
    folder.mkdir()

    async def run():
        target = platform.target(limits=replace(FAST, max_refusals=max_refusals))
        target = replace(target, identities=tuple(replace(i, disposable=True) for i in target.identities))
        probes = (AccessProbe(), MisplacedTokenProbe(), TokenMatchingProbe(), TokenOracleProbe())
        async with open_gate(target, folder, tokens={"emsp-a": TOKEN}) as gate:
            return await gate.run(DiscoveryProbe(), *probes, TokenGuessingProbe(()))

    results = (observation.result for observation in asyncio.run(run()))
    missing = [result for result in results if isinstance(result, Unavailable)]
    return [result.detail for result in missing if result.reason is Reason.BUDGET_EXHAUSTED]


def test_with_what_the_advice_says_no_probe_is_cut_off_and_all_say_the_same(tmp_path):
    modules = tuple((name, side) for name in ("locations", "sessions", "cdrs", "tariffs") for side in SIDES)
    with running_platform(Platform(modules=modules)) as platform:
        said = cut_off(platform, tmp_path / "few", 60)
        (advised,) = {number for detail in said for number in ADVICE.findall(detail)}
        assert int(advised) > FEWEST
        assert len({detail.partition(": ")[2] for detail in said}) > 1  # several probes were cut off
        assert all(ADVICE.search(detail) for detail in said)
        assert cut_off(platform, tmp_path / "enough", int(advised)) == []


def test_probes_wait_for_each_other_only_where_the_budget_does_not_suffice_for_all(tmp_path):
    yielding = (MisplacedTokenProbe(), TokenMatchingProbe())

    async def run(max_refusals, folder):
        folder.mkdir()
        target = platform.target(limits=replace(FAST, max_refusals=max_refusals))
        async with open_gate(target, folder, tokens={"emsp-a": TOKEN}) as gate:
            await gate.run(DiscoveryProbe())
            context = gate.context(Witness.PROTOCOL)
            everything_there_is = everything(context, target.endpoints[0])
            before = [probe.yields(context) for probe in yielding]
            await gate.run(MisplacedTokenProbe())
            return everything_there_is, before, [probe.yields(context) for probe in yielding]

    with running_platform(Platform()) as platform:
        whole, *_ = asyncio.run(run(60, tmp_path / "sizing"))
        _, before, after = asyncio.run(run(whole, tmp_path / "enough"))
        assert (before, after) == ([False, False], [True, True])  # what was asked has been spent
        assert asyncio.run(run(whole - 1, tmp_path / "short"))[1] == [True, True]


def test_probes_wait_for_each_other_where_other_environments_spend_the_same_budget(tmp_path):
    def yields(folder, here, *others):
        folder.mkdir()

        async def run():
            async with open_gate(here, folder, tokens={"emsp-a": TOKEN}, others=others) as gate:
                await gate.run(DiscoveryProbe())
                return MisplacedTokenProbe().yields(gate.context(Witness.PROTOCOL))

        return asyncio.run(run())

    with running_platform(Platform()) as platform:
        here = platform.target()
        elsewhere = replace(here, name="elsewhere", endpoints=())
        assert not yields(tmp_path / "alone", here, elsewhere)
        assert yields(tmp_path / "shared", here, replace(here, name="same host"))
