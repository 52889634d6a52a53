from __future__ import annotations

import json
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from infra.service.deployment.folder import Folder, FolderError, prepare
from infra.service.deployment.seed import seed_objects
from infra.service.objects.base import OcpiObject
from infra.service.v2_2_1.objects.cdr import Cdr
from infra.service.v2_2_1.objects.location import Location
from infra.service.v2_2_1.objects.session import Session
from infra.service.v2_2_1.objects.tariff import Tariff
from infra.service.v2_2_1.objects.token import Token

MODELS: dict[str, type[OcpiObject]] = {
    "locations": Location, "tariffs": Tariff, "tokens": Token, "sessions": Session, "cdrs": Cdr,
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return prepare(tmp_path_factory.mktemp("folder") / "deployment")


def test_everything_is_readable_by_its_owner_only(folder: Folder):
    for path in (folder.root, *folder.root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_a_folder_that_is_not_empty_is_left_alone(folder: Folder):
    with pytest.raises(FolderError, match="not empty"):
        prepare(folder.root)


@pytest.mark.parametrize(
    "text, words",
    [(None, "prepare"), ("{", "service.json"), ('{"host":"a","surplus":1}', "surplus")],
)
def test_broken_settings_are_named(tmp_path: Path, text: str | None, words: str):
    if text is not None:
        (tmp_path / "service.json").write_text(text)
    with pytest.raises(FolderError, match=words):
        Folder(tmp_path).document()


def test_two_partners_with_one_party_are_refused(folder: Folder, tmp_path: Path):
    document = json.loads((folder.root / "service.json").read_text())
    document["partners"][1]["roles"] = document["partners"][0]["roles"]
    (tmp_path / "service.json").write_text(json.dumps(document))
    with pytest.raises(ValueError, match="same party"):
        Folder(tmp_path).document().to_settings("https://localhost")


def test_the_chain_is_what_a_public_ca_would_issue(folder: Folder):
    server, issuing = x509.load_pem_x509_certificates(folder.server[0].read_bytes())
    (root,) = x509.load_pem_x509_certificates(folder.ca.read_bytes())
    server.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    key = server.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value == x509.ExtendedKeyUsage(
        [ExtendedKeyUsageOID.SERVER_AUTH]
    )
    assert not server.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert server.not_valid_after_utc - server.not_valid_before_utc == timedelta(days=90)
    assert server.not_valid_before_utc <= datetime.now(UTC) < server.not_valid_after_utc
    ssl.create_default_context(cafile=str(folder.ca))


def test_two_preparations_share_objects_but_no_secret(folder: Folder, tmp_path: Path):
    other = prepare(tmp_path / "other")
    assert other.seed() == folder.seed()
    assert not set(other.tokens().values()) & set(folder.tokens().values())
    assert other.ca.read_bytes() != folder.ca.read_bytes()


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("collection", MODELS)
def test_every_seed_object_is_valid(seed: int, collection: str):
    documents = seed_objects(seed)[collection]
    assert documents
    for document in documents:
        assert MODELS[collection].model_validate(document).to_json() == document
    ids = [(d["country_code"], d["party_id"], d.get("id") or d["uid"]) for d in documents]
    assert len(set(ids)) == len(ids)


def test_another_seed_makes_other_objects():
    assert seed_objects(1) == seed_objects(1)
    assert seed_objects(1) != seed_objects(2)


def test_seed_cdrs_fit_their_sessions_tariffs_tokens_and_locations():
    seed = seed_objects()
    sessions = {s["id"]: s for s in seed["sessions"]}
    uids = {t["uid"]: t for t in seed["tokens"]}
    places = {p["id"]: p for p in seed["locations"]}
    for cdr in seed["cdrs"]:
        session = sessions[cdr["session_id"]]
        assert session["status"] == "COMPLETED"
        assert cdr["cdr_token"] == session["cdr_token"]
        assert uids[cdr["cdr_token"]["uid"]]["contract_id"] == cdr["cdr_token"]["contract_id"]
        assert cdr["cdr_location"]["address"] == places[session["location_id"]]["address"]
        assert cdr["start_date_time"] < cdr["end_date_time"] < cdr["last_updated"]
        (tariff,) = cdr["tariffs"]
        price = tariff["elements"][0]["price_components"][0]["price"]
        assert cdr["total_cost"]["excl_vat"] == pytest.approx(cdr["total_energy"] * price, abs=1e-9)
        assert cdr["total_cost"]["incl_vat"] == pytest.approx(cdr["total_cost"]["excl_vat"] * 1.21, abs=6e-5)
        assert (
            sum(d["volume"] for d in cdr["charging_periods"][0]["dimensions"] if d["type"] == "ENERGY")
            == (cdr["total_energy"])
        )
