"""The one redactor in front of everything that is stored or logged.

It knows every secret of the run in each form in which it may travel, and the places where OCPI carries secrets of
others: the Authorization header and the `token` of a credentials object.
"""

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from scanner.gate.known_secrets import SHORTEST, KnownSecrets
from scanner.gate.personal.masking import PersonalData
from scanner.model.json_value import JsonValue
from scanner.model.secret import Secret

MASK: Final = "[redacted]"
_AUTHORIZATION: Final = re.compile(
    r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?(?:(?:token|bearer|basic)\s+)?)"
    r"([^\s\"',}]+)"
)
_CREDENTIALS_TOKEN: Final = re.compile(r'((?:\\?"|\')token(?:\\?"|\')\s*:\s*(?:\\?"|\'))((?:(?!\\?"|\').)+)')
# Whatever `text` and `document` mask by its place, in a text without backslashes, holds one of these.
_BY_PLACE: Final = re.compile(r"authorization|[\"'](?:token|cookie|set-cookie|x-api-key)[\"']")
_IN_EVERY_PLACE: Final = ("authorization", 'token"', "token'", 'cookie"', "cookie'", 'x-api-key"', "x-api-key'")
_ESCAPES: Final = ("\\", "%", "&")  # what escapes of JSON, URLs and HTML begin with
_JSON_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"\\/]))")
_SECRET_KEYS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "token", "x-api-key"})
_SCHEMES: Final = frozenset({"token", "bearer", "basic"})
# Nothing, the mask, a shell variable, and tokens of our own invention (plain and in Base64) tell nobody anything.
_HARMLESS: Final = re.compile(r"\Z|\[redacted|\$|made-up|bWFkZS11c")
_LONGEST_CLEAN: Final = 50_000  # characters of a text that is kept in mind; schemas of an API come again, too
_MOST_CLEAN: Final = 16_000_000  # bytes of all of them, roughly
_OF_AN_ENTRY: Final = 100
_OF_A_PAIR: Final = 2  # name and value
_MOST_LAYERS: Final = 4  # an error message quotes a document that quotes a URL ...


class Redactor:
    """Masks known secrets in any text, and secrets by place in documents.

    `count`: secrets masked so far; `personal`: the same for data of persons, in what is kept as evidence or reported.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._known = KnownSecrets()
        self._clean: set[str] = set()  # texts that hold nothing: keys, words and answers come again and again
        self._room = _MOST_CLEAN
        self._placeless: set[str] = set()  # those of them that name no place of a secret either
        self.count = 0
        self.personal = PersonalData()
        self.learn_all(secrets)

    @property
    def counts(self) -> dict[str, int]:
        """How many values were masked so far, by kind."""
        return {**{str(kind): count for kind, count in self.personal.counts.items()}, "secret": self.count}

    def evidence(self, value: JsonValue) -> JsonValue:
        """The JSON document as it is stored as evidence: without secrets and without personal data."""
        return self.personal.document(self.document(value))

    def shown(self, text: str) -> str:
        """A text for people, a log or a report: without secrets and, as far as it can be told, personal data."""
        return self.personal.text(self.text(text))

    def learn(self, secret: Secret) -> None:
        """Mask this secret from now on, in every form.

        Raises: ValueError if it is too short to be told from other text.
        """
        self.learn_all([secret])

    def learn_all(self, secrets: Iterable[Secret]) -> None:
        """Mask these secrets from now on, in every form.

        Raises: ValueError if one is too short to be told from other text.
        """
        texts = [secret.reveal() for secret in secrets]
        if any(len(text) < SHORTEST for text in texts):
            raise ValueError(f"a secret of fewer than {SHORTEST} characters cannot be masked")
        if texts and self._known.learn(texts):
            self._clean.clear()
            self._placeless.clear()
            self._room = _MOST_CLEAN

    def holds_secret(self, text: str) -> bool:
        """True where a known secret occurs in the text, in any form."""
        if len(text) < SHORTEST:
            return False
        written = text.lower()
        if self._known.in_(written):
            return True
        plain = _plain(text)  # only now: a secret may itself look like an escape
        return plain is not text and self._known.in_(plain.lower())

    def tells_nothing(self, text: str) -> bool:
        """True where masking a whole JSON text would certainly change nothing; false also where it may not."""
        if "\\" in text:  # escapes of JSON around escapes of the target's
            return False
        if not text.isascii():  # as in `text`
            return False
        written = text.lower()
        if _names_a_place(written) or self._known.touches(written):
            return False
        plain = _plain(text)
        return plain is text or not self._known.begins_in(plain.lower())

    def known(self, text: str) -> str:
        """The text with every known secret masked and nothing else: finished documents keep their syntax."""
        if text in self._clean:
            return text
        masked = text
        if not self._is_plainly_clean(text):
            masked = self._cut_off(self._masked(text) if self.holds_secret(text) else text)
        if masked is text and len(text) <= min(_LONGEST_CLEAN, self._room):
            self._clean.add(text)
            self._room -= len(text) + _OF_AN_ENTRY
        return masked

    def _is_plainly_clean(self, text: str) -> bool:
        """True where no form even begins in the text, as in nine of ten: neither a whole one nor one that was cut off.

        Beyond ASCII the end of a text may have other small letters than the same characters within it.
        """
        return text.isascii() and not any(map(text.__contains__, _ESCAPES)) and not self._known.begins_in(text.lower())

    def _masked(self, text: str) -> str:
        written = f"{text}\n{_plain(text)}".lower()
        for form in self._known.forms_in(written):
            text = _spellings(form).sub(self._mask, text)
        if self.holds_secret(text):  # spelled in a way that has no pattern: rather lose the text
            self.count += 1
            return MASK
        return text

    def _cut_off(self, text: str) -> str:
        """A text may have been cut in the middle of a secret: its last characters are masked where they begin one."""
        begin = self._known.cut_off_in(text)
        if begin is None:
            return text
        self.count += 1
        return text[:begin] + MASK

    def text(self, text: str) -> str:
        """The text with every known secret, Authorization value and credentials token masked."""
        if text in self._placeless:
            return text
        masked = self.known(text)
        if "authorization" in masked.lower() or not masked.isascii():  # a pattern may take the Turkish i for an i
            masked = _AUTHORIZATION.sub(self._mask_second, masked)
        if "token" in masked:
            masked = _CREDENTIALS_TOKEN.sub(self._mask_second, masked)
        if masked == text and text in self._clean:
            self._placeless.add(text)
        return masked

    def document(self, value: JsonValue) -> JsonValue:
        """The JSON document with the same masked, and the values of secret keys masked whole."""
        if isinstance(value, str):
            return value if value in self._placeless else self.text(value)
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, (list, tuple)):
            return (len(value) == _OF_A_PAIR and self._pair(value)) or [self.document(inner) for inner in value]
        return value

    def _object(self, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """Most members are seen here to hold nothing: a stack has a hundred thousand of them."""
        seen, declared = self._placeless, "urn" in value  # a cloud resource: its `token` is a Pulumi type
        shown: dict[str, JsonValue] = {}
        for key, inner in value.items():
            name = key if key in seen else self.text(key)
            if not isinstance(inner, str):
                shown[name] = self.document(inner) if isinstance(inner, (dict, list, tuple)) else inner
            elif not declared and key.lower() in _SECRET_KEYS:
                shown[name] = self._value(inner)
            else:
                shown[name] = inner if inner in seen else self.text(inner)
        return shown

    def _value(self, value: str) -> str:
        scheme, space, rest = value.rpartition(" ")
        if _HARMLESS.match(rest) and not self.holds_secret(value):
            return value
        self.count += 1
        return f"{scheme}{space}{MASK}" if scheme.lower() in _SCHEMES else MASK

    def _pair(self, value: list[JsonValue] | tuple[JsonValue, ...]) -> list[JsonValue] | None:
        """A header written as [name, value]."""
        if isinstance(value[0], str) and value[0].lower() in _SECRET_KEYS:
            return [value[0], self._value(value[1]) if isinstance(value[1], str) else self.document(value[1])]
        return None

    def _mask(self, _match: re.Match[str]) -> str:
        self.count += 1
        return MASK

    def _mask_second(self, match: re.Match[str]) -> str:
        if _HARMLESS.match(match.group(2)) or match.group(2).lower() in _SCHEMES:  # a scheme with nothing after it
            return match.group(0)
        self.count += 1
        return match.group(1) + MASK


@lru_cache(maxsize=4096)
def _spellings(form: str) -> re.Pattern[str]:
    """Compiled where a secret was seen; most never are, and a registration brings more of them."""
    return re.compile(_in_any_spelling(form), re.IGNORECASE)


def _names_a_place(lower: str) -> bool:
    """True where a place of secrets is named; most texts do not even hold one of the words."""
    return any(map(lower.__contains__, _IN_EVERY_PLACE)) and _BY_PLACE.search(lower) is not None


def _plain(text: str) -> str:
    """JSON, URL and HTML escapes undone, layer by layer, a line each; the very same object where it has none.

    Each layer counts: a secret may itself look like an escape.
    """
    layers = [text]
    while len(layers) <= _MOST_LAYERS and (once := _once_plain(layers[-1])) != layers[-1]:
        layers.append(once)
    return "\n".join(layers[1:]) if layers[1:] else text


def _once_plain(text: str) -> str:
    plain = text
    if "\\" in plain:
        plain = _JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], plain)
    if "%" in plain:
        plain = unquote(plain)
    if "&" in plain:
        plain = html.unescape(plain)
    return plain


def _in_any_spelling(form: str) -> str:
    """A pattern for the form with any of its characters escaped as JSON, URLs and HTML do."""
    return "".join(
        f"(?:\\\\?{re.escape(c)}|%{ord(c):02x}|\\\\u{ord(c):04x}|&#0*{ord(c)};|&#x0*{ord(c):x};)" for c in form
    )
