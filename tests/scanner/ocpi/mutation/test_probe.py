"""How the messages that a host may be sent are shared among the surfaces of a platform."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from scanner.ocpi.mutation import probe
from scanner.ocpi.mutation.probe import MutationProbe

MUTANTS = {("Location", "PUT"): 6000, ("Location", "PATCH"): 180, ("Session", "PUT"): 1500, ("Token", "PUT"): 770}
ENOUGH, SCARCE = 50_000, 8_000  # requests of a host


def surface(class_name, method):
    whole = SimpleNamespace(method="PUT")
    return SimpleNamespace(
        class_name=class_name,
        whole=whole,
        write=whole if method == "PUT" else SimpleNamespace(method=method),
        inside=None,
        interface=SimpleNamespace(version="2.2.1", credential=SimpleNamespace(identity="cpo-a")),
    )


@pytest.fixture
def sent(monkeypatch):
    """Messages sent at each surface, where each sends all that it has or may."""
    found = {}

    class Sending:
        def __init__(self, _context, surface, share, _emsp, _allowance):
            self.name, self.share = (surface.class_name, surface.write.method), share

        async def run(self):
            found[self.name] = min(self.share, MUTANTS[self.name])
            return found[self.name]

    async def nobody(*_):
        return {}

    monkeypatch.setattr(probe, "Trial", Sending)
    monkeypatch.setattr(probe, "emsps", nobody)
    monkeypatch.setattr(probe, "_permitted", lambda *_: True)
    monkeypatch.setattr(probe, "surfaces", lambda *_, **__: tuple(surface(*name) for name in MUTANTS))
    return found


def share_out(max_requests):
    context: Any = SimpleNamespace(
        focus=None, target=SimpleNamespace(limits=SimpleNamespace(max_requests=max_requests)), record=None
    )
    anywhere: Any = None
    asyncio.run(MutationProbe()._at(context, anywhere, anywhere))


def test_where_there_is_enough_for_all_nothing_is_left_out(sent):
    share_out(ENOUGH)
    assert sent == MUTANTS


def test_where_there_is_too_little_everything_has_some_and_all_of_it_is_used(sent):
    share_out(SCARCE)
    assert min(sent.values()) == MUTANTS["Location", "PATCH"]
    assert sum(sent.values()) >= SCARCE * 0.7 / 2.5 * 0.9
