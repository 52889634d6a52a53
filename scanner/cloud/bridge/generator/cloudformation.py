"""Make the names of CloudFormation: `python -m scanner.cloud.bridge.generator.cloudformation PULUMI_AWS CFN_LINT`."""

import argparse
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

import yaml

from scanner.cloud.bridge.generator.cloudformation_schema import read_cloudformation
from scanner.cloud.bridge.generator.match_cloudformation import Said, TemplateMapper, review_lines, template_document
from scanner.cloud.bridge.generator.pulumi_sdk import read_pulumi
from scanner.cloud.bridge.generator.shapes import Universe
from scanner.cloud.bridge.generator.write import packed

_HERE: Final = Path(__file__).parent
_MIN_TYPES: Final = 1500
_MIN_MATCHED: Final = 800


class SchemasChanged(RuntimeError):
    """The package no longer looks as the reader expects."""


def version_in(folder: Path, *names: str) -> str:
    """What the metadata beside a package says."""
    found = metadata.distributions(path=[str(folder)])
    return next((one.version for one in found if one.metadata["Name"] in names), "unknown")


def generate_names(pulumi: Universe, cfn_lint: Path, into: Path, review: Path) -> str:
    """Write names and review; one line of what was done.

    Raises: SchemasChanged if the schemas give far less than they used to.
    """
    said = yaml.safe_load((_HERE / "cloudformation.yaml").read_text(encoding="utf-8"))
    schemas = cfn_lint / "data" / "schemas"
    types, kinds = read_cloudformation(schemas, version_in(cfn_lint.parent, "cfn-lint", "cfn_lint"))
    if len(types.resources) < _MIN_TYPES:
        raise SchemasChanged(f"only {len(types.resources)} types: the schemas have another form")
    parts = Said(tokens=said["tokens"], modules=said["modules"], properties=said["properties"])
    mapper = TemplateMapper(cloudformation=types, pulumi=pulumi, kinds=kinds, said=parts)
    document = template_document(mapper, said["nothing"])
    if len(document["types"]) < _MIN_MATCHED:
        raise SchemasChanged(f"only {len(document['types'])} types found their token")
    data = packed(document)
    into.write_bytes(data)
    review.write_text(review_lines(mapper), encoding="utf-8")
    return f"{len(document['types'])} of {len(types.resources)} types, {len(data)} bytes"


def main() -> None:
    """Parse the two folders and write beside this package."""
    parser = argparse.ArgumentParser(
        prog="python -m scanner.cloud.bridge.generator.cloudformation", description=__doc__
    )
    parser.add_argument("pulumi_aws", type=Path, help="folder of the installed package pulumi_aws")
    parser.add_argument("cfn_lint", type=Path, help="folder of the installed package cfnlint")
    given = parser.parse_args()
    pulumi = read_pulumi(given.pulumi_aws, version_in(given.pulumi_aws.parent, "pulumi_aws", "pulumi-aws"))
    into, review = _HERE.parent / "cloudformation.json.gz", _HERE / "cloudformation_review.txt"
    sys.stdout.write(f"{generate_names(pulumi, given.cfn_lint, into, review)}\n")


if __name__ == "__main__":
    main()
