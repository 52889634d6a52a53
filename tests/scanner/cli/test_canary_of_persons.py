"""Made-up drivers and homes, shown by a platform wherever OCPI has room for them, are in nothing that a run leaves.

The platform also repeats them where they do not belong: in headers, in messages, in values that no schema allows.
"""

import asyncio
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from scanner.gate.personal.masking import PersonalData
from tests.scanner.cli.hostile import serving
from tests.scanner.cli.targets import FAST, endpoint
from tests.scanner.cli.targets import posture as written
from tests.targets.byte_server import ByteServer, self_signed

PERSON = {
    "contract": "NL-TNM-C0C4N4RY5-K",
    "contract without separators": "DETNMC0C4N4RY6",
    "token": "04C4N4RY0815",
    "visual number": "DF000-C4N4RY-8999",
    "group": "GROUP-C4N4RY-77",
    "plate": "HH-CN 4711E",
    "mail": "ada.canary@drivers.example",
    "VIN": "WVWZZZ1KZAW123456",
    "latitude": "52.520007",
    "longitude": "13.404954",
    "street": "Kanarienweg 17",
    "post code": "10178",
    "name": "Ada's own drive",
}
WHEN = "2026-03-04T05:06:07Z"
CDR_TOKEN = {
    "country_code": "NL", "party_id": "TNM", "uid": PERSON["token"], "type": "RFID", "contract_id": PERSON["contract"],
}  # fmt: skip
TOKEN = {
    **CDR_TOKEN, "visual_number": PERSON["visual number"], "group_id": PERSON["group"], "issuer": "TNM", "valid": True,
    "whitelist": "ALWAYS", "last_updated": WHEN, "license_plate": PERSON["plate"], "vin": PERSON["VIN"],
    "email": PERSON["mail"], "energy_contract": {"supplier_name": "x", "contract_id": PERSON["contract"]},
}  # fmt: skip
PLACE = {
    "id": "HOME1", "name": PERSON["name"], "address": PERSON["street"], "city": "Berlin",
    "postal_code": PERSON["post code"], "country": "DEU",
    "coordinates": {"latitude": PERSON["latitude"], "longitude": PERSON["longitude"]},
}  # fmt: skip
OBJECTS = {
    "tokens": [
        TOKEN, {**TOKEN, "contract_id": PERSON["contract"] * 5, "uid": [PERSON["token"]], "type": PERSON["token"]},
    ],
    "locations": [
        {**PLACE, "country_code": "DE", "party_id": "HOM", "publish": False, "time_zone": PERSON["mail"],
         "last_updated": WHEN, "publish_allowed_to": [{"uid": PERSON["token"], "type": "RFID"}],
         "evses": [{"uid": "E1", "status": "AVAILABLE", "coordinates": PLACE["coordinates"], "connectors": []}]},
    ],
    "sessions": [{"id": "S1", "cdr_token": CDR_TOKEN, "kwh": PERSON["contract without separators"], "status": "X"}],
    "cdrs": [{"id": "C1", "cdr_token": CDR_TOKEN, "cdr_location": PLACE, "remark": f"from {PERSON['mail']}"}],
}  # fmt: skip

SCAN = ("scan", "--witness", "protocol")


class Platform:
    """OCPI 2.2.1, to everybody who asks."""

    def __init__(self) -> None:
        self.server: ByteServer | None = None

    async def __call__(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self.server is not None
        path = self.server.requests[-1].split(b" ")[1].decode(errors="replace").partition("?")[0]
        said = f"for {PERSON['contract']}, {PERSON['mail']}, {PERSON['VIN']}"
        body = json.dumps({"status_code": 1000, "status_message": said, "timestamp": WHEN, "data": self._data(path)})
        head = (
            f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        writer.write(f"{head}X-Debug: {said}\r\nServer: {PERSON['mail']}\r\n\r\n{body}".encode())
        await writer.drain()

    def _url(self, path: str) -> str:
        assert self.server is not None
        return f"https://localhost:{self.server.port}{path}"

    def _data(self, path: str) -> object:
        if path == "/versions":
            return [{"version": "2.2.1", "url": self._url("/2.2.1")}]
        if path == "/2.2.1":
            endpoints = [{"identifier": name, "role": "SENDER", "url": self._url(f"/{name}")} for name in OBJECTS]
            endpoints.append({"identifier": "credentials", "role": "SENDER", "url": self._url("/credentials")})
            return {"version": "2.2.1", "endpoints": endpoints}
        return OBJECTS.get(path.split("/")[1], {"token": "not-one-of-ours", **OBJECTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    folder: Path
    stdout: bytes
    stderr: bytes


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("persons")
    tls, certificate = self_signed(folder)
    platform = Platform()
    with serving(platform, tls) as server:
        platform.server = server
        main = endpoint(f"https://localhost:{server.port}/versions", certificate, plaintext_ports=[80])
        identities = {"one": {"token": "file:token", "party": "NL-TNM", "role": "EMSP"}}
        (folder / "token").write_text("a-token-of-somebody\n")
        environment = {"endpoints": {"main": main}, "identities": identities, "limits": FAST}
        (folder / "ocpi-posture.yaml").write_text(json.dumps({"environments": {"test": environment}}))
        stdout, stderr = _scan(folder)
        yield Seen(folder=folder / "run", stdout=stdout, stderr=stderr)


def _scan(folder: Path) -> tuple[bytes, bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])}
    scan = ["-vv", "--log-format", "json", *SCAN, "-o", "run", "--format", "har", "--format", "html"]
    stdout, stderr = b"", b""
    for words in (scan, ["evidence", "pack", "run"]):
        command = [sys.executable, "-m", "scanner", *words]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=500, check=False)
        stdout, stderr = stdout + done.stdout, stderr + done.stderr
    return stdout, stderr


def test_they_were_shown_and_masked_and_counted(seen):
    counted = written(seen.folder)["run"]["redacted"]
    assert {"contract_id", "token_uid", "visual_number", "token_group", "licence_plate", "email", "vin", "home"} <= {
        kind for kind, count in counted.items() if count
    }
    evidence = b"".join(file.read_bytes() for file in seen.folder.glob("evidence/*/*"))
    assert b"[redacted contract_id " in evidence
    assert b"ALWAYS" in evidence
    assert b"Berlin" in evidence


@pytest.mark.parametrize("name", PERSON)
def test_nobody_is_named_in_any_file_nor_log(seen, name):
    needle = PERSON[name].encode()
    files = [path for path in seen.folder.rglob("*") if path.is_file()]
    assert {"posture.json", "requests.har", "journal.jsonl", "pack.zip"} <= {path.name for path in files}
    assert [str(path.relative_to(seen.folder)) for path in files if needle in path.read_bytes()] == []
    assert needle not in seen.stdout
    assert needle not in seen.stderr


def test_masking_changes_no_verdict(seen, posture, monkeypatch):
    """The same platform, scanned with nothing masked."""
    monkeypatch.setattr(PersonalData, "document", lambda _self, value: value)
    monkeypatch.setattr(PersonalData, "text", lambda _self, text: text)
    monkeypatch.chdir(seen.folder.parent)
    ended = posture("-q", *SCAN, "-o", "unmasked")
    assert ended.code in {1, 3}
    unmasked = seen.folder.parent / "unmasked"
    assert any(PERSON["street"].encode() in file.read_bytes() for file in unmasked.glob("evidence/*/*"))
    assert _verdicts(unmasked) == _verdicts(seen.folder)


def _verdicts(run: Path) -> dict[str, tuple[str, str]]:
    return {f["fingerprint"]: (f["check"], f["outcome"]) for f in written(run)["findings"]}


def test_what_is_packed_is_what_was_stored(seen):
    with zipfile.ZipFile(seen.folder / "pack.zip") as archive:
        assert archive.read("posture.json") == (seen.folder / "posture.json").read_bytes()
