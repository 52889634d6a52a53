"""Make the map and the review list: `python -m scanner.cloud.bridge.generator PULUMI_AWS CDKTN_PACKAGE`."""

import argparse
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

import yaml

from scanner.cloud.bridge.generator.match_properties import PropertyMapper
from scanner.cloud.bridge.generator.match_tokens import match_tokens
from scanner.cloud.bridge.generator.pulumi_sdk import read_pulumi
from scanner.cloud.bridge.generator.shapes import Universe
from scanner.cloud.bridge.generator.terraform_schema import read_terraform, string_attributes
from scanner.cloud.bridge.generator.write import map_document, packed, review_text

_HERE: Final = Path(__file__).parent
_MIN_TYPES: Final = 1700
_MIN_STRINGS: Final = 24_000
_MIN_MATCHED: Final = 0.98


class SourceChanged(RuntimeError):
    """A source package no longer looks as the readers expect."""


def _version_of(package: Path) -> str:
    found = metadata.distributions(path=[str(package.parent)])
    return next((d.version for d in found if d.metadata["Name"] in {"pulumi_aws", "pulumi-aws"}), "unknown")


def _expect(terraform: Universe) -> None:
    """A changed form of the generated JavaScript must fail loudly, not give a thinner map."""
    if len(terraform.resources) < _MIN_TYPES or string_attributes(terraform) < _MIN_STRINGS:
        seen = f"{len(terraform.resources)} types, {string_attributes(terraform)} string attributes"
        raise SourceChanged(f"the Terraform package gave only {seen}: its generated code has another form")


def generate(pulumi_aws: Path, cdktn: Path, into: Path, review: Path) -> str:
    """Write map and review list; one line of what was done.

    Raises: SourceChanged if a package gives far less than it used to.
    """
    overrides = yaml.safe_load((_HERE / "overrides.yaml").read_text(encoding="utf-8"))
    terraform = read_terraform(cdktn)
    _expect(terraform)
    pulumi = read_pulumi(pulumi_aws, _version_of(pulumi_aws))
    matches = match_tokens(pulumi, terraform, overrides["tokens"].items())
    if len(matches) < _MIN_MATCHED * len(pulumi.resources):
        raise SourceChanged(f"only {len(matches)} of {len(pulumi.resources)} tokens found their type")
    mapper = PropertyMapper(pulumi, terraform, overrides["properties"])
    data = packed(map_document(matches, mapper, pulumi, terraform))
    into.write_bytes(data)
    review.write_text(review_text(matches, mapper.review, pulumi, terraform), encoding="utf-8")
    return f"{len(matches)} of {len(pulumi.resources)} tokens, {len(data)} bytes"


def main() -> None:
    """Parse the two folders and write beside this package."""
    parser = argparse.ArgumentParser(prog="python -m scanner.cloud.bridge.generator", description=__doc__)
    parser.add_argument("pulumi_aws", type=Path, help="folder of the installed package pulumi_aws")
    parser.add_argument(
        "cdktn", type=Path, help="unpacked npm package @cdktn/provider-aws (the folder that holds lib/)"
    )
    given = parser.parse_args()
    done = generate(given.pulumi_aws, given.cdktn, _HERE.parent / "map.json.gz", _HERE / "review.txt")
    sys.stdout.write(f"{done}\n")


if __name__ == "__main__":
    main()
