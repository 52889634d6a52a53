"""docs/costs.md, from what the program registers under each switch and the table of prices.

`.venv/bin/python -m tests.infra.cost_page` writes it again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.costs import Estimate, estimate, prices
from tests.infra.container_config import with_calling_container, with_container
from tests.infra.recorded_program import PROJECT, Recorded, example, run

FILE: Final = PROJECT / "docs" / "costs.md"
REGENERATE: Final = "python -m tests.infra.cost_page"
_REASON: Final = "Only to see what it costs."


def switches() -> Mapping[str, Mapping[str, Any]]:
    """Every variant that the page names, by what is said of it; each beside the example that it varies."""
    test, prod = example("test"), example("prod")
    hosts = with_calling_container()["partners"]
    third = {**dict(_partners(prod))["example-emsp"], "party": "NL-THI", "addresses": ["203.0.113.0/28"]}
    return {
        "test, as in the example": test,
        "test, `egress: filtered`": {**test, "egress": "filtered", "partners": hosts},
        "test, `service: container`": with_container(),
        "test, container with `wayOut: partners`": with_calling_container(),
        "test, three zones": {**test, "availabilityZones": ["a", "b", "c"]},
        "prod, as in the example": prod,
        "prod, `egress: unfiltered`": {**prod, "egress": "unfiltered", "egressReason": _REASON},
        "prod, one partner more": {**prod, "partners": {**prod["partners"], "third": third}},
        "prod, `shieldAdvanced`": {**prod, "shieldAdvanced": {"hostedZone": "Z123EXAMPLE", "yearlyCostUsd": 36000}},
        "org, as in the example": example("org"),
        "audit, as in the example": example("audit"),
    }


def _partners(config: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from config["partners"].items()


def page(recorded: Mapping[str, Recorded | str]) -> str:
    """The whole page."""
    estimates = {name: _estimate(name, recorded[name]) for name in switches()}
    table = prices()
    return "\n".join([
        "# What the stacks cost",
        "",
        f"<!-- Written by `{REGENERATE}`; do not edit. -->",
        "",
        f"Region {table['region']}. {table['note']}",
        *_what_to_check(table),
        "Counted from what the Pulumi program registers with the shipped examples, under each switch.",
        "`python -m infra.verify` says the same of your own config before it creates anything.",
        "",
        "## By the month, whatever happens",
        "",
        "| stack | USD a month | USD an hour | resources |",
        "|---|--:|--:|--:|",
        *(
            f"| {name} | {found.monthly:,.2f} | {found.hourly:.3f} | {_resources(recorded[name])} |"
            for name, found in estimates.items()
        ),
        "",
        *_parts(estimates),
        *_use(estimates),
        "A type of resource that the table `infra/prices.json` does not know stops the estimate, and a test.",
        "",
    ])  # fmt: skip


def _what_to_check(table: Mapping[str, Any]) -> Iterator[str]:
    entries = [*table["fixed"], *table["usage"]]
    compared = sum(1 for entry in entries if entry["compared"])
    yield (
        f"**{compared} of {len(entries)} prices have been compared with their page.** AWS changes them. "
        "Before you decide by one:"
    )
    yield (
        "open its page, correct `usd` in `infra/prices.json`, set `as_of` to the month and `compared` to true, and run "
        f"`{REGENERATE}`."
    )
    yield ""


def _estimate(name: str, stack: Recorded | str) -> Estimate:
    if not isinstance(stack, Recorded):
        raise TypeError(f"{name}: {stack}")
    found = estimate((one["type"], one["inputs"]) for one in stack.registrations)
    if found.unpriced:
        raise ValueError(f"write the prices of these into infra/prices.json: {', '.join(found.unpriced)}")
    return found


def _resources(stack: Recorded | str) -> int:
    assert isinstance(stack, Recorded)
    return sum(1 for one in stack.registrations if one["type"].startswith("aws:"))


def _parts(estimates: Mapping[str, Estimate]) -> Iterator[str]:
    yield "## What that is made of"
    yield ""
    for name in ("test, as in the example", "prod, as in the example", "org, as in the example"):
        yield from (f"**{name}**", "", "| part | number | USD a month | price | as of |", "|---|--:|--:|---|---|")
        for line in estimates[name].fixed:
            yield f"| {line.what} | {line.number} | {line.monthly:,.2f} | [AWS]({line.source}) | {line.as_of} |"
        yield ""


def _use(estimates: Mapping[str, Estimate]) -> Iterator[str]:
    found = {use.what: use for one in estimates.values() for use in one.use}
    total = estimates["prod, as in the example"].per_million
    yield from ("## By use", "", "| use | USD | for each | a million requests of partners | price | as of |")
    yield "|---|--:|---|--:|---|---|"
    for use in found.values():
        share = "" if use.per_million is None else f"{use.per_million:,.2f}"
        yield f"| {use.what} | {use.usd:g} | {use.unit} | {share} | [AWS]({use.source}) | {use.as_of} |"
    yield from ("", f"A million requests of partners come to about {total:,.2f} USD in an environment.", "")


def main() -> None:
    """Write it."""
    FILE.write_text(page(run(switches())), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")


if __name__ == "__main__":
    main()
