"""The example objects of the specification, read from a checkout of it; none of their text is kept here."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scanner.model.ocpi.from_specification.__main__ import BRANCHES

# What a file holds, by the beginning of its name; the first that fits.
FILES = (
    ("examples/cdr_", "CDR"),
    ("examples/credentials_", "Credentials"),
    ("examples/location_energymix_", "Location"),
    ("examples/location_example", "Location"),
    ("examples/location_hours_", "Hours"),
    ("examples/location_patch_example_location", "Location"),
    ("examples/location_patch_example_tariff", "Connector"),
    ("examples/location_patch_", "EVSE"),
    ("examples/location_put_example_add_evse", "EVSE"),
    ("examples/location_regularhours_", "Location"),
    ("examples/session_", "Session"),
    ("examples/tariff", "Tariff"),
    ("examples/token_", "Token"),
    ("examples/transport_and_format_get_token_", "Token"),
    ("examples/transport_and_format_version_details_", "VersionDetails"),
    ("examples/transport_and_format_version_info_", "Version"),
    ("examples/type_displaytext_", "DisplayText"),
    ("examples/version_details_", "VersionDetails"),
    ("examples/versions_info_", "Version"),
)
PARTS = ("_patch_", "_energymix_", "_regularhours_")  # files that hold some properties of their object
# 2.1.1 has its examples in its pages: page, words of the heading, object, whether part of it; the first that fits.
HEADINGS = (
    ("credentials", "Example", "Credentials", False),
    ("mod_locations", "simple status update", "EVSE", True),
    ("mod_locations", "change the location name", "Location", True),
    ("mod_locations", "set tariff update", "Connector", True),
    ("mod_locations", "add an EVSE", "EVSE", False),
    ("mod_locations", "delete an EVSE", "EVSE", True),
    ("mod_locations", "Simple:", "Location", True),
    ("mod_locations", "Tariff name based:", "Location", True),
    ("mod_locations", "Complete:", "Location", True),
    ("mod_locations", "4.19.1 Example", "Location", True),
    ("mod_locations", "Example", "Location", False),
    ("mod_tokens", "invalidate", "Token", True),
    ("mod_tokens", "", "Token", False),
    ("mod_sessions", "update the total cost", "Session", True),
    ("mod_sessions", "", "Session", False),
    ("mod_cdrs", "", "CDR", False),
    ("mod_tariffs", "Change Tariff", "Tariff", True),  # "PUT", with some of the properties
    ("mod_tariffs", "", "Tariff", False),
    ("version_information_endpoint", "", "VersionDetails", False),
    ("transport_and_format", "Version information", "Version", False),
    ("transport_and_format", "Version details", "VersionDetails", False),
    ("transport_and_format", "Tokens GET", "Token", False),
)
_SENT_TO = re.compile(r"^(PUT|PATCH) To URL:[^\n]*\n")
_BLOCK = re.compile(r"^#+ +(?P<heading>[^\n]*)$|^```json\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """`text` as in the specification; `partial`: it holds some properties of its object."""

    name: str
    object: str
    partial: bool
    text: str

    def values(self) -> list[Any]:
        """The objects in it, without the envelope of a response.

        Raises: ValueError where it is not JSON.
        """
        found = json.loads(self.text)
        if isinstance(found, dict) and "status_code" in found:
            found = found["data"]
        return found if isinstance(found, list) else [found]


def examples(directory: str, version: str) -> Iterator[Example]:
    """Every example object of a version.

    Raises: CalledProcessError if the checkout has no such branch; LookupError for a file of no known kind.
    """
    branch = BRANCHES[version]
    if version == "2.1.1":
        for page in dict.fromkeys(page for page, *_ in HEADINGS):
            yield from _in_page(page, _git(directory, "show", f"{branch}:{page}.md"))
        return
    for name in _git(directory, "ls-tree", "--name-only", "-r", branch, "examples").split():
        if name.endswith(".json"):
            kind = next((kind for begin, kind in FILES if name.startswith(begin)), None)
            if kind is None:
                raise LookupError(name)
            text = _git(directory, "show", f"{branch}:{name}")
            short = name.removeprefix("examples/").removesuffix(".json")
            yield Example(name=short, object=kind, partial=any(part in name for part in PARTS), text=text)


def _in_page(page: str, text: str) -> Iterator[Example]:
    heading, number = "", 0
    for found in _BLOCK.finditer(text):
        if found["heading"]:
            heading, number = found["heading"].strip(), 0
            continue
        number += 1
        text = _SENT_TO.sub("", found["text"]).strip()
        if not text.startswith(("{", "[")):
            text = f"{{{text}}}"  # a property without its object
        if '"data"' not in text and "status_code" in text:
            continue  # an error, which has no object
        kind, partial = _kind(page, heading)
        if page == "version_information_endpoint" and text.startswith("["):
            kind = "Version"  # both examples have the same heading
        yield Example(name=f"{page}: {heading}: {number}", object=kind, partial=partial, text=text)


def _kind(page: str, heading: str) -> tuple[str, bool]:
    kinds = [(kind, partial) for at, words, kind, partial in HEADINGS if at == page and words in heading]
    if not kinds:
        raise LookupError(f"{page}: {heading}")
    return kinds[0]


def _git(directory: str, *arguments: str) -> str:
    command = ["git", "--git-dir", directory, *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
