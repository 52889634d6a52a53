"""Names and places in text that are nobody else's business: hosts, addresses, paths, resources, identities, parties.

What is known to the posture (identities, parties, platforms, hosts) is replaced by a name without meaning, everywhere
the same. What is not is known by its form. Text of a target is free, so that this is a sieve and no proof: whatever
may not get out at all stands in a field of its own and is left out there (`reports.model.partner`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from ipaddress import ip_address
from typing import Final

from reports.text import STORED_CHARACTERS, cut
from scanner.model.late_dataclass import dataclass

HOST: Final = "[host]"
_GENERIC: Final = "app|biz|cloud|com|dev|energy|example|info|io|mobi|net|network|online|org|services|systems|tech|test"
_INNER: Final = "arpa|consul|corp|home|internal|intranet|invalid|lan|local|localdomain|localhost|private|svc"
_FILES: Final = (
    "cfg|conf|cs|crt|csv|db|env|go|ini|java|json|js|key|log|p12|pem|php|py|rb|rs|sh|sql|sqlite|tf|toml|ts|xml|yaml|yml"
)
_ROOTS: Final = "app|builds?|data|etc|home|mnt|opt|private|root|run|srv|tmp|Users|usr|var|workspace"
# No form looks back over what it has passed, so that endless text costs no more than its length.
_BEFORE_NAMES: Final = (
    r"(?<![A-Za-z0-9+.-])(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?P<authority>[^\s/?#'\"<>\\]+)",
    r"(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
    r"(?P<resource>\b(?:urn:pulumi|arn:aws[\w-]*):[^\s'\"<>,;)\]]+)",
    r"(?P<v6>(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:]))",
    r"(?P<v4>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\w))",
    rf"(?P<rooted>(?<![\w/.])/(?:{_ROOTS})(?:/[\w.@+~-]+)+|(?<!\w)[A-Za-z]:\\[\w.\\-]+)",
    rf"(?P<file>(?<![\w./@+~-])(?:\.{{0,2}}/)?(?:[\w.@+~-]+/)+[\w.@+~-]+\.(?:{_FILES})\b(?::\d+)?)",
    rf"(?P<source>(?<![\w./-])[\w-]+\.(?:{_FILES})(?=[\"']|:\d)(?::\d+)?)",
    r"(?P<account>(?<![\w.-])\d{12}(?![\w.-]))",
)
_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_AFTER_NAMES: Final = (
    rf"(?P<host>(?<![\w.@-])(?:{_LABEL}\.)+(?:(?i:{_GENERIC}|{_INNER})|(?!id\b)[a-z]{{2}})(?![\w-]|\.\w))",
    r"(?P<local>\blocalhost\b)",
    r"(?P<party>(?<![\w-])[A-Z]{2}[-*/][A-Z0-9]{3}(?![\w-]))",
)
_INSTEAD: Final = {
    "email": "[address]",
    "resource": "[resource]",
    "rooted": "[path]",
    "file": "[path]",
    "source": "[path]",
    "account": "[account]",
    "party": "[party]",
}


def is_public(host: str) -> bool:
    """True for a name of the public DNS or a public address, by its form: nothing is looked up."""
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        last = host.rstrip(".").rpartition(".")
        return bool(last[0]) and not re.fullmatch(_INNER, last[2].lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """`names` maps what is known to what is said instead; `hosts` are those that may be named (lower case)."""

    names: Mapping[str, str]
    hosts: frozenset[str]
    _pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        known = sorted((re.escape(name) for name in self.names), key=len, reverse=True)
        words = [rf"(?P<name>(?<![\w-])(?:{'|'.join(known)})(?![\w-]))"] if known else []
        object.__setattr__(self, "_pattern", re.compile("|".join((*_BEFORE_NAMES, *words, *_AFTER_NAMES))))

    def text(self, text: str) -> str:
        """The text with every name and place replaced, in one pass."""
        return self._pattern.sub(self._instead, cut(text, STORED_CHARACTERS))

    def texts(self, several: Iterable[str]) -> tuple[str, ...]:
        """Each of them."""
        return tuple(self.text(one) for one in several)

    def name(self, name: str | None) -> str | None:
        """A known name by itself; what is not known is masked as text."""
        return None if name is None else self.names.get(name) or self.text(name)

    def host(self, host: str) -> str:
        """A host by itself."""
        return host if host.lower() in self.hosts else self.names.get(host, HOST)

    def _instead(self, found: re.Match[str]) -> str:
        kind, whole = found.lastgroup or "", found[0]
        match kind:
            case "authority":
                return f"{found['scheme']}{self._authority(found['authority'])}"
            case "name":
                return self.names[whole]
            case "v4" | "v6":
                return self.host(whole) if _is_address(whole) else whole
            case "host" | "local":
                return self.host(whole)
            case _:
                return _INSTEAD[kind]

    def _authority(self, authority: str) -> str:
        """Host and port of a URL; whoever is named in front of an @ is left out."""
        where = authority.rpartition("@")[2]
        host, colon, port = where.rpartition(":") if re.search(r":\d+$", where) else (where, "", "")
        return f"{self.host(host)}{colon}{port}"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:  # a time of day, a version
        return False
    return True
