"""A partner platform that is made up: versions, details and credentials as OCPI wants them, or not quite.

Whoever calls has to show the token that was handed out last, as any sound platform would ask for it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.ocpi.builder import build
from scanner.model.ocpi.builder.draft import SITE
from scanner.model.party import Party
from scanner.model.served import CallersToken, ServedAnswer, ServedCall
from scanner.ocpi.credentials.troubles import VERSIONS_PATH, Trouble, step_of

_ECHOED: Final = ("X-Request-ID", "X-Correlation-ID")
_NOT_FOUND: Final = (HTTPStatus.NOT_FOUND, 2000, "Not found")
_UNAUTHORIZED: Final = (HTTPStatus.UNAUTHORIZED, 2000, "Unauthorized")


class Story(StrEnum):
    """What this partner is like."""

    SOUND = "a sound partner"
    NOTHING_THERE = "its versions URL leads to nothing (HTTP 404)"
    NOT_OCPI = "its versions URL leads to a page that is not OCPI"
    OTHER_VERSIONS = "its versions lack the one that is registered"
    OTHER_HOST = "its version details stand on a host that does not exist"
    NO_CREDENTIALS = "its version details name no credentials module"
    ANOTHERS_URL = "its versions URL is the platform's own, where its token opens nothing"
    PLAINTEXT = "its versions URL is not https"


class MadeUpPartner:
    """One party with the versions that it offers; `story` may change from one call to the next."""

    def __init__(self, party: Party, versions: tuple[str, ...], now: datetime) -> None:
        self.story = Story.SOUND
        self.trouble: Trouble | None = None
        self.base = ""  # the URL of the server that it stands on
        self._party = party
        self._versions = versions
        self._now = now

    @property
    def timestamp(self) -> str:
        """Of every answer."""
        return f"{self._now:%Y-%m-%dT%H:%M:%SZ}"

    def url(self, own_versions_url: str) -> str:
        """The versions URL that is registered; `own_versions_url` is the platform's."""
        ours = self.base + VERSIONS_PATH
        if self.story is Story.ANOTHERS_URL:
            return own_versions_url
        return ours.replace("https://", "http://", 1) if self.story is Story.PLAINTEXT else ours

    async def answer(self, call: ServedCall) -> ServedAnswer | None:
        """What the partner says to one call."""
        if call.token is not CallersToken.NEWEST:
            return self._say(call, None, *_UNAUTHORIZED)
        if self.trouble is not None and self.trouble.step is step_of(call.path):
            return await self.trouble.answer()
        if call.method != "GET" or self.story is Story.NOTHING_THERE:
            return self._say(call, None, *_NOT_FOUND)
        if self.story is Story.NOT_OCPI:
            return ServedAnswer(headers=(("Content-Type", "text/html"),), body=b"<!doctype html><p>Welcome")
        data = self._documents().get(call.path.partition("?")[0])
        return self._say(call, None, *_NOT_FOUND) if data is None else self._say(call, data)

    def _documents(self) -> Mapping[str, JsonValue]:
        offered = [v for v in self._versions if self.story is not Story.OTHER_VERSIONS] or ["0.0.0"]
        at = SITE if self.story is Story.OTHER_HOST else self.base
        found: dict[str, JsonValue] = {VERSIONS_PATH: [{"version": v, "url": f"{at}/{v}"} for v in offered]}
        for version in self._versions:
            found[f"/{version}"] = self._details(version)
            found[f"/{version}/credentials"] = self._built(version, "Credentials")
        return found

    def _details(self, version: str) -> JsonValue:
        details = self._built(version, "VersionDetails")
        listed = details.get("endpoints")
        endpoints: list[JsonValue] = []
        for endpoint in listed if isinstance(listed, list) else ():
            if isinstance(endpoint, dict):
                is_credentials = endpoint["identifier"] == "credentials"
                own = {"url": f"{self.base}/{version}/credentials"} if is_credentials else {}
                if not (is_credentials and self.story is Story.NO_CREDENTIALS):
                    endpoints.append({**endpoint, **own})
        return {**details, "endpoints": endpoints}

    def _built(self, version: str, name: str) -> dict[str, JsonValue]:
        """An object of the builder's, with its site replaced by this server."""
        made = build(version, name, seed=f"{self._party}/{name}", party=self._party, now=self._now)
        document: dict[str, JsonValue] = json.loads(json.dumps(made).replace(SITE, self.base))
        return document

    def _say(
        self,
        call: ServedCall,
        data: JsonValue,
        http_status: int = HTTPStatus.OK,
        ocpi_status: int = 1000,
        message: str = "Success",
    ) -> ServedAnswer:
        said = {"status_code": ocpi_status, "status_message": message, "timestamp": self.timestamp}
        document = said if data is None else {"data": data, **said}
        echoed = tuple((name, value) for name in _ECHOED if (value := call.header(name)))
        headers = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), *echoed)
        return ServedAnswer(status=http_status, headers=headers, body=json.dumps(document).encode())
