"""The one redactor in front of everything that is stored or logged.

It knows every secret of the run in each form in which it may travel, and the places where OCPI carries secrets of
others: the Authorization header and the `token` of a credentials object.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus, unquote

from scanner.model.json_value import JsonValue
from scanner.model.secret import Secret

MASK: Final = "[redacted]"
_AUTHORIZATION: Final = re.compile(
    r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?(?:(?:token|bearer|basic)\s+)?)"
    r"([^\s\"',}]+)"
)
_CREDENTIALS_TOKEN: Final = re.compile(r'((?:\\?"|\')token(?:\\?"|\')\s*:\s*(?:\\?"|\'))((?:(?!\\?"|\').)+)')
_JSON_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_SECRET_KEYS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "token", "x-api-key"})
_SCHEMES: Final = frozenset({"token", "bearer", "basic"})
# Nothing, the mask, a shell variable, and tokens of our own invention (plain and in Base64) tell nobody anything.
_HARMLESS: Final = re.compile(r"\Z|\[redacted|\$|made-up|bWFkZS11c")
SHORTEST: Final = 8  # shorter texts occur by chance, and would be masked everywhere
_SHORT_TEXT: Final = 80
_MOST_CLEAN: Final = 20_000
_TELLING: Final = 5  # so many first characters of a secret, at the end of a text that was cut, are masked


class Redactor:
    """Masks known secrets in any text, and secrets by place in documents."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._forms: frozenset[str] = frozenset()
        self._shortest: frozenset[str] = frozenset()  # forms that hold no other one: enough to notice any
        self._begins: re.Pattern[str] | None = None
        self._clean: set[str] = set()  # short texts that hold nothing: keys and words come again and again
        self.count = 0
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: Secret) -> None:
        """Mask this secret from now on, in every form.

        Raises: ValueError if it is too short to be told from other text.
        """
        if len(secret.reveal()) < SHORTEST:
            raise ValueError(f"a secret of fewer than {SHORTEST} characters cannot be masked")
        self._forms |= {form.lower() for form in _forms(secret.reveal()) if len(form) >= SHORTEST}
        self._shortest = frozenset(form for form in self._forms if not any(o in form for o in self._forms - {form}))
        self._begins = re.compile("|".join(sorted({re.escape(form[:_TELLING]) for form in self._forms})))
        self._clean.clear()

    def holds_secret(self, text: str) -> bool:
        """True where a known secret occurs in the text, in any form."""
        if len(text) < SHORTEST:
            return False
        written, plain = text.lower(), _plain(text)  # a secret may itself look like an escape
        return any(form in written or form in plain for form in self._shortest)

    def known(self, text: str) -> str:
        """The text with every known secret masked and nothing else: finished documents keep their syntax."""
        if text in self._clean:
            return text
        masked = self._masked(text) if self.holds_secret(text) else text
        masked = self._cut_off(masked)
        if masked is text and len(text) <= _SHORT_TEXT and len(self._clean) < _MOST_CLEAN:
            self._clean.add(text)
        return masked

    def _masked(self, text: str) -> str:
        text = _any_of(self._forms).sub(self._mask, text)
        if self.holds_secret(text):  # spelled in a way that has no pattern: rather lose the text
            self.count += 1
            return MASK
        return text

    def _cut_off(self, text: str) -> str:
        """A text may have been cut in the middle of a secret: its last characters are masked where they begin one."""
        if self._begins is None or len(text) < _TELLING:
            return text
        tail = text[-max(map(len, self._forms)) :].lower()
        for begin in (match.start() for match in self._begins.finditer(tail)):
            if any(form.startswith(tail[begin:]) for form in self._forms):
                self.count += 1
                return text[: len(text) - len(tail) + begin] + MASK
        return text

    def text(self, text: str) -> str:
        """The text with every known secret, Authorization value and credentials token masked."""
        text = self.known(text)
        text = _AUTHORIZATION.sub(self._mask_second, text)
        return _CREDENTIALS_TOKEN.sub(self._mask_second, text)

    def document(self, value: JsonValue) -> JsonValue:
        """The JSON document with the same masked, and the values of secret keys masked whole."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            declared = "urn" in value  # a cloud resource: its `token` is a Pulumi type
            return {self.text(key): self._member(key, inner, public=declared) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return self._pair(value) or [self.document(inner) for inner in value]
        return value

    def _member(self, key: str, value: JsonValue, *, public: bool = False) -> JsonValue:
        if key.lower() in _SECRET_KEYS and isinstance(value, str) and not public:
            return self._value(value)
        return self.document(value)

    def _value(self, value: str) -> str:
        scheme, space, rest = value.rpartition(" ")
        if _HARMLESS.match(rest) and not self.holds_secret(value):
            return value
        self.count += 1
        return f"{scheme}{space}{MASK}" if scheme.lower() in _SCHEMES else MASK

    def _pair(self, value: list[JsonValue] | tuple[JsonValue, ...]) -> list[JsonValue] | None:
        """A header written as [name, value]."""
        if len(value) == len(("name", "value")) and isinstance(value[0], str) and value[0].lower() in _SECRET_KEYS:
            return [value[0], self._member(value[0], value[1])]
        return None

    def _mask(self, _match: re.Match[str]) -> str:
        self.count += 1
        return MASK

    def _mask_second(self, match: re.Match[str]) -> str:
        if _HARMLESS.match(match.group(2)) or match.group(2).lower() in _SCHEMES:  # a scheme with nothing after it
            return match.group(0)
        self.count += 1
        return match.group(1) + MASK


def _forms(text: str) -> Iterator[str]:
    """The text as it may stand in a header, a URL, a JSON string, a dump or a Base64 of something around it."""
    raw = text.encode()
    yield from {text, quote(text, safe=""), quote_plus(text), json.dumps(text)[1:-1], raw.hex(), raw.hex().upper()}
    for variant in (raw, raw + b"\n"):
        once = base64.b64encode(variant)
        for encoded in (once, base64.b64encode(once), base64.urlsafe_b64encode(variant)):
            yield encoded.decode()
            yield encoded.decode().rstrip("=")
            yield quote(encoded.decode(), safe="")
    yield from _inside_base64(raw)


def _inside_base64(raw: bytes) -> Iterator[str]:
    """What is the same in every Base64 text that holds `raw` at offset 0, 1 or 2 of a group of three bytes."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        first = -(-offset * 8 // 6) if offset else 0
        last = (offset + len(raw)) * 8 // 6
        yield encoded[first:last]


@lru_cache(maxsize=8)
def _any_of(forms: frozenset[str]) -> re.Pattern[str]:
    """Compiled where a secret was seen; most runs never need it."""
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(map(_in_any_spelling, longest_first)), re.IGNORECASE)


def _plain(text: str) -> str:
    """The text in lower case with JSON, URL and HTML escapes undone, as far as it has any."""
    plain = text
    if "\\" in plain:
        plain = _JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)), plain.replace("\\/", "/"))
    if "%" in plain:
        plain = unquote(plain)
    if "&" in plain:
        plain = html.unescape(plain)
    return plain.lower()


def _in_any_spelling(form: str) -> str:
    """A pattern for the form with any of its characters escaped as JSON, URLs and HTML do."""
    return "".join(
        f"(?:\\\\?{re.escape(c)}|%{ord(c):02x}|\\\\u{ord(c):04x}|&#0*{ord(c)};|&#x0*{ord(c):x};)" for c in form
    )
