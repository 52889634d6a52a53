"""What a word of the file may be: a party, a module, a URL, a network, a host, a name. Errors say what to write."""

import re
from ipaddress import IPv4Network
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from scanner.config.nearest import suggestion
from scanner.config.secret_reference import SecretReference

MODULES: Final = (
    "cdrs", "chargingprofiles", "commands", "credentials", "hubclientinfo", "locations", "sessions", "tariffs", "tokens"
)  # fmt: skip
_CUSTOM_MODULE: Final = re.compile(r"^[a-z0-9]+-[a-z0-9_-]+$")  # OCPI 2.2.1 "Custom Modules": a prefix is advised
_PARTY: Final = re.compile(r"^[A-Za-z]{2}-[A-Za-z0-9]{3}$")
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"


def _party(text: str) -> str:
    if not _PARTY.match(text):
        raise ValueError("write a party as country code and party id, such as NL-ABC")
    return text.upper()


def _module(text: str) -> str:
    if text in MODULES or _CUSTOM_MODULE.match(text):
        return text
    near = suggestion(text, MODULES)
    raise ValueError(f"no OCPI module is called {text!r}{near}; a custom one has a prefix, such as nlabc-tokens")


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write a whole URL, such as https://ocpi.example.com/ocpi/versions")
    if parts.username or parts.password or parts.fragment:
        raise ValueError("leave user, password and fragment out of the URL; a token belongs into an identity")
    if parts.port == 0:  # asking raises ValueError itself if the port is not a number below 65536
        raise ValueError("no server listens on port 0; write the one where it does")
    return text


def _origin_url(text: str) -> str:
    if urlsplit(_http_url(text)).path not in {"", "/"}:
        raise ValueError("write scheme, host and port only, such as https://files.example.com:8443")
    return text


def _page(text: str) -> str:
    if re.search(r"[\s\"'<>]", _http_url(text)):
        raise ValueError("write white space, quotes and angle brackets of a URL as %XX")
    return text


def _network(text: str) -> str:
    try:
        return str(IPv4Network(text))
    except ValueError:
        raise ValueError("write an IPv4 network, such as 192.0.2.0/28") from None


NetworkText = Annotated[str, AfterValidator(_network)]
PartyText = Annotated[str, AfterValidator(_party)]
ModuleText = Annotated[str, AfterValidator(_module)]
UrlText = Annotated[str, AfterValidator(_http_url)]
OriginText = Annotated[str, AfterValidator(_origin_url)]
Name = Annotated[str, Field(pattern=_NAME)]
Port = Annotated[int, Field(ge=1, le=65535)]
Days = Annotated[int, Field(ge=1, le=36_500)]
PageText = Annotated[str, AfterValidator(_page)]
HostText = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$")]  # an address or a name, without port
Sink = Annotated[str, AfterValidator(lambda text: str(SecretReference.parse_sink(text)))]
