"""Holds mapped ids against the lists of their publishers, and writes which of them stand there.

`python -m checks.mappings.hold VERSION:csf2=FILE VERSION:sp800_53=FILE,FILE ...` reads the lists from this machine;
a framework that is not named keeps what was written of it before. Only ids of ours that were found are written, no
text of anybody.
"""

import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from checks.mappings.frameworks import HELD, HeldDocument, written_rows

Texts = Mapping[str, str]
"""The files of a list: name and text."""

FILE: Final = Path(__file__).with_name(HELD)
_ENHANCEMENT: Final = re.compile(r"^([a-z]{2}-\d+)(?:\.(\d+))?$")


def oscal_profile_ids(texts: Texts) -> frozenset[str]:
    """Controls that OSCAL profiles include: `ac-2.1` is written AC-2(1) in SP 800-53."""
    found = set()
    for text in texts.values():
        for imported in json.loads(text)["profile"]["imports"]:
            for included in imported.get("include-controls", []):
                found |= {_as_printed(one) for one in included.get("with-ids", [])}
    return frozenset(found)


def _as_printed(name: str) -> str:
    match = _ENHANCEMENT.match(name)
    if match is None:
        raise ValueError(f"no id of SP 800-53: {name!r}")
    return match[1].upper() + (f"({match[2]})" if match[2] else "")


def oscal_catalog_ids(texts: Texts) -> frozenset[str]:
    """Controls of an OSCAL catalog in XML; those that were withdrawn are not in force."""
    controls = [element for text in texts.values() for element in _tree(text).iter() if _name(element) == "control"]
    return frozenset(element.get("id", "") for element in controls if not _is_withdrawn(element))


def _tree(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - see the import


def _is_withdrawn(control: ET.Element) -> bool:
    props = [child for child in control if _name(child) == "prop"]
    return any(prop.get("name") == "status" and prop.get("value") == "withdrawn" for prop in props)


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def asvs_ids(texts: Texts) -> frozenset[str]:
    """Requirements of ASVS's flat JSON: `V1.1.1` is printed 1.1.1."""
    return frozenset(
        one["req_id"].removeprefix("V") for text in texts.values() for one in json.loads(text)["requirements"]
    )


def api_risk_ids(texts: Texts) -> frozenset[str]:
    """Risks in the first column of the table of the ten."""
    return frozenset(one for text in texts.values() for one in re.findall(r"(?m)^\| \[(API\d+:2023) - ", text))


def cwe_ids(texts: Texts) -> frozenset[str]:
    """Weaknesses and categories of MITRE's XML that are not deprecated."""
    elements = [element for text in texts.values() for element in _tree(text).iter()]
    known = [element for element in elements if _name(element) in {"Weakness", "Category"} and element.get("ID")]
    return frozenset(f"CWE-{one.get('ID')}" for one in known if one.get("Status") != "Deprecated")


def ocpi_ids(texts: Texts) -> frozenset[str]:
    """Chapters, by the names of their files, and their anchors."""
    found = set()
    for name, text in texts.items():
        chapter = name.removesuffix(".asciidoc")
        anchors = re.findall(r"\[\[([a-z0-9_]+)\]\]", text)
        found |= {chapter, *(f"{chapter}#{anchor.removeprefix(f'{chapter}_')}" for anchor in anchors)}
    return frozenset(found)


READERS: Final[Mapping[str, Callable[[Texts], frozenset[str]]]] = {
    "csf2": oscal_catalog_ids,
    "sp800_53": oscal_profile_ids,
    "asvs5": asvs_ids,
    "owasp_api": api_risk_ids,
    "ocpi": ocpi_ids,
    "cwe": cwe_ids,
}


def hold(framework: str, version: str, contents: Mapping[str, bytes]) -> HeldDocument:
    """Which of the ids that we mapped stand in the list; the digests are of the files of the list."""
    listed = READERS[framework]({name: content.decode() for name, content in contents.items()})
    mapped = {one for ids in written_rows().values() for one in ids.get(framework, ())}
    return HeldDocument(
        version=version,
        sha256=tuple(hashlib.sha256(content).hexdigest() for content in contents.values()),
        held=tuple(sorted(mapped & listed)),
    )


def main(arguments: Iterable[str]) -> None:
    """Write the file anew."""
    known: dict[str, object] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    for argument in arguments:
        named, _, files = argument.partition("=")
        version, _, framework = named.rpartition(":")
        held = hold(framework, version, {Path(file).name: Path(file).read_bytes() for file in files.split(",")})
        known[framework] = held.model_dump(mode="json")
        sys.stderr.write(f"{framework}: {len(held.held)} ids stand in {version}\n")
    FILE.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
