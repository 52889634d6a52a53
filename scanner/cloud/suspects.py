"""Texts of a stack that have the form of a secret: in its program, configuration and values, in the code it hands over.

The forms are detect-secrets' (Apache-2.0; it comes with Checkov), one class a provider, asked for their patterns alone:
its scanner wants a git checkout and takes a millisecond a line. Detection runs here, not in a check, because checks
import no library and read no file; what goes on is the place, never the text.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from scanner.cloud.code_files import code_files
from scanner.cloud.declared import Declared
from scanner.cloud.few_names import few_names
from scanner.cloud.project_file import MOST_FILES, project_text
from scanner.model.facts.cloud_secrets import SuspectedSecret, SuspectedSecrets
from scanner.model.leaves import dotted, leaves_by_path

# A literal under the name of a secret, long and mixed enough to be one: OCPI tokens have no form of their own.
_NAMED: Final = re.compile(
    r"(?:token|secret|passw(?:or)?d|api_?key|credential)s?[\w-]*[\"']?\s*[:=]\s*[\"']?"
    r"(?P<held>[A-Za-z0-9+/=_-]{20,})[\"'\s,;)}]",
    re.IGNORECASE,
)
_HEADER: Final = re.compile(
    r"Authorization[\"']?\s*[:=,]\s*[\"']?Token\s+(?P<held>[A-Za-z0-9+/=_-]{16,})", re.IGNORECASE
)
_PRIVATE_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")  # RFC 7468; the library wants its end as well
_MOST_ORDERLY: Final = 2.8  # bits a character: one letter again and again lies below, digests and tokens above
_LONGEST_WORD: Final = 16  # characters between separators: identifiers and paths are made of shorter ones
_OWN_KIND: Final = "Credentials token"


class Detector(Protocol):
    """One class of detect-secrets."""

    secret_type: str

    def analyze_string(self, string: str) -> Iterable[str]:
        """What of the text has the detector's form."""


def suspected_secrets(stack: str, declared: Declared, folder: Path | None, settings: Iterable[str]) -> SuspectedSecrets:
    """What a detector points at; `settings` are names of configuration files in `folder`, absent ones are left out."""
    resources = declared.resources
    texts = [
        (one.urn, dotted(path), text)
        for one in resources
        for path, text in leaves_by_path(one.inputs)
        if isinstance(text, str)
    ]
    texts += [(one.urn, one.path, one.text) for one in declared.texts if one.text is not None]
    too_long = [f"{one.urn.rpartition('::')[2]} ({one.path})" for one in declared.texts if one.text is None]
    names = sorted({one.position.file for one in resources if one.position} | set(settings))[:MOST_FILES]
    files = {name: text for name in names if folder and (text := project_text(folder, name)) is not None}
    code = code_files(resources, folder)
    files |= code.texts
    found = [SuspectedSecret(kind=kind, urn=urn, path=path) for urn, path, text in texts for kind in _kinds(text)]
    for name, text in files.items():
        found += [SuspectedSecret(kind=kind, file=name, line=line) for line, kind in _lines(text)]
    order = sorted(set(found), key=lambda one: (one.file, one.line, one.urn, one.path, one.kind))
    return SuspectedSecrets(
        stack=stack,
        files=tuple(sorted(files)),
        values=len(texts),
        found=tuple(order),
        missing=declared.missing,
        unread=(*([f"code is too long to be looked at: {few_names(too_long)}"] if too_long else []), *code.unread),
        skipped=code.skipped,
    )


def held_secrets(text: str) -> Iterator[str]:
    """The texts themselves, for masking: what has the form of a secret, and random text under the name of one."""
    for one in _detectors():
        yield from one.analyze_string(text)
    for form in (_NAMED, _HEADER):
        yield from (found["held"] for found in form.finditer(f"{text}\n") if _is_random(found["held"]))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Line by line only where the whole text has something."""
    if _kinds(text):
        for number, line in enumerate(text.splitlines(), start=1):
            yield from ((number, kind) for kind in _kinds(f"{line}\n"))


def _kinds(text: str) -> tuple[str, ...]:
    known = tuple(one.secret_type for one in _detectors() if any(True for _ in one.analyze_string(text)))
    named = any(_is_random(found["held"]) for form in (_NAMED, _HEADER) for found in form.finditer(f"{text}\n"))
    held = ("Private Key",) if _PRIVATE_KEY.search(text) else ()
    return (*known, *held, *((_OWN_KIND,) if named else ()))


def _is_random(held: str) -> bool:
    """Letters and digits in disorder (Shannon): not an identifier, a path, or one character again and again."""
    mixed = any(one.isdigit() for one in held) and any(one.isalpha() for one in held)
    shares = [count / len(held) for count in Counter(held).values()]
    longest = max(map(len, re.split(r"[-_/]", held)))
    return mixed and longest >= _LONGEST_WORD and -sum(share * math.log2(share) for share in shares) > _MOST_ORDERLY


@cache
def _detectors() -> tuple[Detector, ...]:
    """Made when first needed: loading them takes a fifth of a second."""
    from detect_secrets.plugins.aws import AWSKeyDetector  # noqa: PLC0415
    from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector  # noqa: PLC0415
    from detect_secrets.plugins.basic_auth import BasicAuthDetector  # noqa: PLC0415
    from detect_secrets.plugins.github_token import GitHubTokenDetector  # noqa: PLC0415
    from detect_secrets.plugins.jwt import JwtTokenDetector  # noqa: PLC0415
    from detect_secrets.plugins.slack import SlackDetector  # noqa: PLC0415
    from detect_secrets.plugins.stripe import StripeDetector  # noqa: PLC0415

    return (
        AWSKeyDetector(),
        AzureStorageKeyDetector(),
        BasicAuthDetector(),
        GitHubTokenDetector(),
        JwtTokenDetector(),
        SlackDetector(),
        StripeDetector(),
    )
