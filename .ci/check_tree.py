"""Look for what is never committed: secrets, a developer's paths, registry hosts, words of a workplace, vague names.

What is looked for is spelled in parts here, so that this file does not name it either. A line that has to hold one
(the documented example key of a vendor in a test) says so with the words of `ALLOWED` in a comment.
usage: check_tree.py [ROOT]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from complaint import Complaint, report, text_of, tree_files
from detect_secrets.core.scan import scan_line
from detect_secrets.settings import transient_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED: Final = "pragma: " + "allowlist secret"  # detect-secrets' own words

# Only detectors of a fixed shape: those for keywords and for entropy would stop at every "token" and every hash.
SECRET_DETECTORS: Final = (
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "GitHubTokenDetector",
    "JwtTokenDetector",
    "NpmDetector",
    "SendGridDetector",
    "SlackDetector",
    "StripeDetector",
    "TwilioKeyDetector",
)

REGISTRY_HOSTS: Final = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("crates", "io"),
    ("proxy", "golang", "org"),
    ("sum", "golang", "org"),
    ("repo1", "maven", "org"),
    ("repo", "maven", "apache", "org"),
    ("deb", "debian", "org"),
    ("rubygems", "org"),
)

RULES: Final = (
    (
        re.compile("-----BEGIN [A-Z ]*" + "PRIVATE KEY-----"),  # detect-secrets wants the whole block, more than a line
        "holds a private key; keys are made at run time",
    ),
    (
        re.compile(r"(?<![\w.~-])/(?:home/[a-z][\w-]*|root|Users/[A-Za-z][\w.-]*)/(?=[\w.])"),
        "names a path of one developer's machine; make it relative",
    ),
    (
        re.compile(r"(?<![\w./~-])/(?:wor" + r"k|tm" + r"p/brief)/(?:main|shared|\.library|\.mirror|\w+\.md)\b"),
        "names a path of one developer's machine; make it relative",
    ),
    (
        re.compile(r"(?i)(?<![\w-])(?:" + "|".join(r"\.".join(parts) for parts in REGISTRY_HOSTS) + r")\b"),
        "names the host of a package registry; where packages come from is the user's choice",
    ),
    (
        re.compile(
            r"(?i)\b(?:" + "|".join(("clau" + "de", "anthro" + "pic", "chat" + "gpt", "sub-?" + "agents?")) + r")\b"
        ),
        "speaks of the workplace, not of the product",
    ),
    (
        re.compile(r"\bsha" + r"red/(?:design|style|research|seeds|samples|tools|checklist)\b"),
        "points outside the project; say it here",
    ),
)

VAGUE_NAMES: Final = frozenset({"utils", "util", "common", "helpers", "helper", "misc"})


def secrets_in(line: str) -> Iterator[str]:
    """Names of the kinds of secret that detect-secrets sees in one line."""
    seen = {secret.type for secret in scan_line(line)}
    yield from sorted(seen)


def complaints_about_line(path: str, number: int, line: str) -> Iterator[Complaint]:
    """Judge one line by the rules and, unless the line says that it is meant, by the secret detectors."""
    if ALLOWED in line:
        return
    for pattern, sentence in RULES:
        if found := pattern.search(line):
            yield Complaint(path=path, line=number, sentence=f"{found[0]!r} {sentence}")
    for kind in secrets_in(line):
        yield Complaint(path=path, line=number, sentence=f"looks like a secret ({kind}); secrets are made at run time")


def complaints_about_name(path: Path) -> Iterator[Complaint]:
    """Judge the name of a Python module: it says what is in it."""
    if path.suffix == ".py" and path.stem in VAGUE_NAMES:
        yield Complaint(path=str(path), line=1, sentence=f"{path.stem!r} says nothing; name the idea that is in it")


def complaints_about(root: Path, path: Path) -> Iterator[Complaint]:
    """Judge one file, name and text."""
    name = path.relative_to(root)
    yield from complaints_about_name(name)
    for number, line in enumerate((text_of(path) or "").splitlines(), start=1):
        yield from complaints_about_line(str(name), number, line)


def main(root: Path) -> int:
    """Judge every file of the tree and print what has to be mended."""
    files = list(tree_files(root))
    with transient_settings({"plugins_used": [{"name": name} for name in SECRET_DETECTORS]}):
        found = [complaint for path in files for complaint in complaints_about(root, path)]
    return report("files without secrets, private paths, registry hosts", len(files), found)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()))
