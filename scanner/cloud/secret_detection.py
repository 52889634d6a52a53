"""Which texts have the form of a secret.

The forms are detect-secrets' (Apache-2.0; it comes with Checkov), one class a provider, asked for their patterns alone:
its scanner wants a git checkout and takes a millisecond a line. Beside them stands what is named a credentials token.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import cache
from typing import Final, Protocol

from scanner.cloud.declared import Declared
from scanner.cloud.late_module import put_off
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import dotted, leaves_by_path

# A literal under the name of a secret, long and mixed enough to be one: OCPI tokens have no form of their own. Every
# repetition is bounded: no text makes these search for minutes. First letters stand by themselves (U+017F is an s in
# another case): a search skips all others, twice as fast as it compares each in whatever case.
_NAMED: Final = re.compile(
    r"[TtSs\u017fPpAaCc](?i:(?<=t)oken|(?<=s)ecret|(?<=p)assw(?:or)?d|(?<=a)pi_?key|(?<=c)redential)"
    r"(?i:s?[\w-]{0,80}[\"']?\s{0,80}[:=]\s{0,80}[\"']?"
    r"(?P<held>[A-Za-z0-9+/=_-]{20,2048}+)(?=[A-Za-z0-9+/=_\"'\s,;)}-]))"
)
_HEADER: Final = re.compile(
    r"Authorization[\"']?\s{0,80}[:=,]\s{0,80}[\"']?Token\s{1,80}(?P<held>[A-Za-z0-9+/=_-]{16,2048}+)", re.IGNORECASE
)
_PRIVATE_KEY: Final = re.compile(  # RFC 7468; the library wants its end as well
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?P<held>[A-Za-z0-9+/=\s\\]{0,16384}+)"
)
_MOST_ORDERLY: Final = 2.8  # bits a character: one letter again and again lies below, digests and tokens above
_LONGEST_WORD: Final = 16  # characters between separators: identifiers and paths are made of shorter ones
_OWN_KIND: Final = "Credentials token"
_KEY_KIND: Final = "Private Key"
_PIECE: Final = 4096  # characters; the time of some of the library's patterns grows with the square of the text
_LINE: Final = re.compile(r"\S{16,}")  # of a key: its last one may be short


class Detector(Protocol):
    """One class of detect-secrets."""

    secret_type: str

    def analyze_string(self, string: str) -> Iterable[str]:
        """What of the text has the detector's form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """A form that was found; `held`: what has it, to be masked and never shown."""

    kind: str
    held: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedAt:
    """A form in one value of a stack, at a path of a resource's inputs."""

    urn: str
    path: str
    form: Detected


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedInValues:
    """What was found in all texts that a stack declares, and how many those are."""

    found: tuple[DetectedAt, ...]
    examined: int


def detected_in_values(declared: Declared) -> DetectedInValues:
    """Looks once through all values of the resources and all code among them."""
    texts = [
        (one.urn, dotted(path), text)
        for one in declared.resources
        for path, text in leaves_by_path(one.inputs)
        if isinstance(text, str)
    ]
    texts += [(one.urn, one.path, one.text) for one in declared.texts if one.text is not None]
    forms = {text: detected(text) for text in {text for _, _, text in texts}}  # most stand in several places
    found = (DetectedAt(urn=urn, path=path, form=form) for urn, path, text in texts for form in forms[text])
    return DetectedInValues(found=tuple(found), examined=len(texts))


def detected(text: str) -> tuple[Detected, ...]:
    """Every kind of secret of which the text has the form."""
    pieces = tuple(_pieces(text))
    by_kind = {
        one.secret_type: [held for piece in pieces for held in one.analyze_string(piece)] for one in _detectors()
    }
    by_kind[_KEY_KIND] = [line for key in _PRIVATE_KEY.finditer(text) for line in ("", *_LINE.findall(key["held"]))]
    whole = f"{text}\n"
    named = (found["held"] for form in (_NAMED, _HEADER) for found in form.finditer(whole))
    by_kind[_OWN_KIND] = [held for held in named if is_random(held)]
    return tuple(Detected(kind=kind, held=tuple(filter(None, held))) for kind, held in by_kind.items() if held)


def _pieces(text: str) -> Iterator[str]:
    """The text in parts, cut at the end of a line or a word, if there is one."""
    start = 0
    while start < len(text):
        end = start + _PIECE
        if end < len(text):
            cut = max(text.rfind("\n", start, end), text.rfind(" ", start, end))
            end = cut + 1 if cut >= start else end
        yield text[start:end]
        start = end


def is_random(held: str) -> bool:
    """Letters and digits in disorder (Shannon): not an identifier, a path, or one character again and again."""
    mixed = any(one.isdigit() for one in held) and any(one.isalpha() for one in held)
    shares = [count / len(held) for count in Counter(held).values()]
    longest = max(map(len, re.split(r"[-_/]", held)))
    return mixed and longest >= _LONGEST_WORD and -sum(share * math.log2(share) for share in shares) > _MOST_ORDERLY


@cache
def _detectors() -> tuple[Detector, ...]:
    """Made when first needed, without the library they would ask providers with: it takes longer than all of them."""
    put_off("requests")
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
