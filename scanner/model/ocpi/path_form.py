"""The form of a URL below a module's endpoint: `{country_code}/{party_id}/{location_id}/{evse_uid}`."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlencode, urljoin, urlsplit, urlunsplit

from scanner.model.late_dataclass import dataclass

_SEGMENT: Final = re.compile(r"\{(\w+)\}")
_PLAIN: Final = re.compile(r"https?://[^\s?#/]+(?:/[^\s?#]*)?", re.ASCII)  # without query and fragment
_OWNER: Final = {"country_code", "party_id"}
GIVEN: Final = "given"  # the segment that stands for a whole URL, where the other side names it


class MissingSegment(ValueError):
    """A URL of this form needs a segment that was not handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathForm:
    """`template`: segments below the endpoint URL, "" for the endpoint itself; `query`: parameters it may have.

    `given_by`: who names the URL (a Location header, a `response_url`) where the specification gives it no form.
    """

    template: str
    query: tuple[str, ...] = ()
    required_query: tuple[str, ...] = ()
    given_by: str | None = None

    @property
    def segments(self) -> tuple[str, ...]:
        """Names of the variable segments in order."""
        return _split(self.template)[1::2]

    @property
    def owned(self) -> bool:
        """True where the path names the party that owns the object (client owned object, transport and format)."""
        return set(self.segments) >= _OWNER

    def url(self, endpoint_url: str, **segments: str) -> str:
        """The URL below an endpoint as it was advertised, with or without a slash at its end.

        Segments are quoted; those that are parameters of the form go into the query; others are left alone, so that a
        caller may hand over every id it knows. The bare endpoint is returned as advertised. Where the URL is `given`,
        the segment of that name is it, absolute or relative to the endpoint.

        Raises: MissingSegment.
        """
        if self.given_by:
            return urljoin(endpoint_url, _take(segments, GIVEN))
        values = tuple([_take(segments, name) for name in self.segments])
        asked = urlencode([(name, segments[name]) for name in self.query if name in segments]) if self.query else ""
        return _joined(endpoint_url, self.template, values, asked)


@lru_cache(maxsize=4096)  # one object is written and read again and again
def _joined(endpoint_url: str, template: str, values: tuple[str, ...], asked: str) -> str:
    names = iter(values)
    below = "".join(
        [
            quote(next(names), safe="", errors="surrogatepass") if at % 2 else text
            for at, text in enumerate(_split(template))
        ]
    )
    if not asked and _PLAIN.fullmatch(endpoint_url):  # nothing to take apart
        return f"{endpoint_url.rstrip('/')}/{below}" if below else endpoint_url
    parts = urlsplit(endpoint_url)
    path = f"{parts.path.rstrip('/')}/{below}" if below else parts.path
    query = "&".join(part for part in (parts.query, asked) if part)
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


@lru_cache(maxsize=256)
def _split(template: str) -> tuple[str, ...]:
    """Text and names of segments by turns; the first and the last are text."""
    return tuple(_SEGMENT.split(template))


def _take(segments: dict[str, str], name: str) -> str:
    if not segments.get(name):
        raise MissingSegment(f"the path needs {name}")
    return segments[name]
