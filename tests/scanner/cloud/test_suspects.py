"""Secrets in a stack's files and values: found by their form, told by their place."""

import json
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from scanner.cloud.code_files import code_files
from scanner.cloud.declared import CodeText, Declared
from scanner.cloud.pulumi_values import cloud_value
from scanner.cloud.secret_detection import detected, detected_in_values
from scanner.cloud.suspects import suspected_secrets
from scanner.model.facts.cloud_secrets import SuspectedSecrets
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue
from tests.scanner.cloud.declared import declare

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
# Look-alikes put together here, so that no text of this file has the form of a secret.
TOKEN: Final = "d41d8cd9" + "8f00b204" * 2 + "ecf8427e"
KEY_ID: Final = "AKIA" + "EXAMPLE0" * 2
WITH_PASSWORD: Final = "postgres://" + "u:hunter22" + "@db/x"
PEM: Final = "-----BEGIN " + "RSA PRIVATE KEY-----"
JWT: Final = ".".join(("eyJ" + "hbGciOiJub25lIn0", "eyJ" + "zdWIiOiJub2JvZHkifQ", "c2lnbmF0dXJlc2lnbmF0dXJl"))


def looked_at(value: CloudValue = None, folder: Path | None = None, missing: tuple[str, ...] = ()) -> SuspectedSecrets:
    resource = declare("aws:sqs/queue:Queue", "it", {"tags": {"note": value}})
    declared = Declared(source="test", resources=(resource,), document={}, missing=missing)
    return suspected_secrets("small/test", declared, detected_in_values(declared), folder, ("Pulumi.test.yaml",))


@pytest.mark.parametrize("text", [KEY_ID, WITH_PASSWORD, PEM, JWT, f'{{"ocpi_token": "{TOKEN}"}}', f"api_key={TOKEN}"])
def test_a_value_of_the_form_of_a_secret_is_pointed_at_and_not_repeated(text):
    fact = looked_at(text)
    assert [(one.path, one.urn.rpartition("::")[2]) for one in fact.found] == [("tags.note", "it")]
    assert text not in repr(fact)
    assert TOKEN not in repr(fact)


@pytest.mark.parametrize(
    "text",
    [
        "roaming",
        "token_table=ocpi-test-credentials-tokens",
        "secret: arn:aws:secretsmanager:eu-central-1:123456789012:secret:ocpi/test/partners/acme-AbCdEf",
        "token = read_the_token_of_this_partner_now(name)",
        "token: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
        "https://ocpi.example/ocpi/versions",
        TOKEN,  # a digest under no telling name
        HIDDEN,
        UNKNOWN,
    ],
)
def test_what_only_speaks_of_secrets_is_none(text):
    assert looked_at(text).found == ()


def test_program_and_configuration_are_read_and_a_line_is_told(tmp_path):
    (tmp_path / "__main__.py").write_text(f'import pulumi\n\nOCPI_TOKEN = "{TOKEN}"\n')
    (tmp_path / "Pulumi.test.yaml").write_text(
        json.dumps({"config": {"ocpi:partnerToken": TOKEN, "ocpi:sealed": {"secure": "v1:x"}}}, indent=1)
    )
    fact = looked_at(folder=tmp_path)
    assert fact.files == ("Pulumi.test.yaml", "__main__.py")
    assert [(one.file, one.line) for one in fact.found] == [("Pulumi.test.yaml", 3), ("__main__.py", 3)]


def test_what_pulumi_encrypts_is_no_secret_in_clear(tmp_path):
    sealed = "v1:3kq" + "9ZmT0yU2xWv8Q=:" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z"
    (tmp_path / "Pulumi.test.yaml").write_text(f"config:\n  ocpi:partnerToken:\n    secure: {sealed}\n")
    assert looked_at(folder=tmp_path).found == ()


def test_nothing_outside_the_project_and_nothing_that_is_no_text_is_read(tmp_path):
    outside = tmp_path / "outside.py"
    outside.write_text(f'OCPI_TOKEN = "{TOKEN}"\n')
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "__main__.py").symlink_to(outside)
    (folder / "Pulumi.test.yaml").write_bytes(b"\xff\xfe\x00token")
    fact = looked_at(folder=folder)
    assert (fact.files, fact.found) == ((), ())


def handing_over(
    folder: Path | None,
    asset: CloudValue,
    held: Mapping[str, str | None] | None = None,
    token: str = "aws:lambda/function:Function",
) -> SuspectedSecrets:
    resource = declare(token, "it", {"code": asset})
    texts = tuple(CodeText(urn=resource.urn, path=path, text=text) for path, text in (held or {}).items())
    declared = Declared(source="test", resources=(resource,), document={}, texts=texts)
    return suspected_secrets("small/test", declared, detected_in_values(declared), folder, ())


def at(path: str, kind: str = "archive") -> CloudValue:
    return {"asset": {"kind": kind, "path": path}}


def a_program(folder: Path, main: str = "") -> Path:
    """Two files of code, one with a token, packages beside them, and a picture."""
    (folder / "Pulumi.yaml").write_text(f"name: x\nruntime: go\n{main}")
    code = folder / "app"
    for name, text in {
        "handler.py": "import os\n",
        "inner/settings.py": f'\n\nPARTNER_TOKEN = "{TOKEN}"\n',
        "node_modules/x/index.js": f'const token = "{TOKEN}";\n',
        "deps/x-1.dist-info/METADATA": f'token = "{TOKEN}"\n',
        "deps/x.py": f'token = "{TOKEN}"\n',
    }.items():
        (code / name).parent.mkdir(parents=True, exist_ok=True)
        (code / name).write_text(text)
    (code / "icon.png").write_bytes(b"\x89PNG\0\0")
    return folder


def test_code_in_a_folder_is_read_and_packages_and_pictures_are_left_out_by_name(tmp_path):
    fact = handing_over(a_program(tmp_path), at("./app"))
    assert fact.files == ("app/handler.py", "app/inner/settings.py")
    assert [(one.file, one.line) for one in fact.found] == [("app/inner/settings.py", 3)]
    assert fact.unread == ()
    assert sorted(fact.skipped) == [
        "files that are no text: app/icon.png",
        "installed packages: app/deps, app/node_modules",
    ]
    assert TOKEN not in repr(fact)


def test_code_without_a_secret_is_seen_and_gives_no_suspect(tmp_path):
    a_program(tmp_path)
    fact = handing_over(tmp_path, {"asset": {"kind": "archive", "assets": {"x.py": at("app/handler.py", "file")}}})
    assert (fact.files, fact.found, fact.unread) == (("app/handler.py",), (), ())


def test_paths_are_relative_to_the_folder_in_which_the_program_runs(tmp_path):
    a_program(tmp_path, "main: infra/\n")
    (tmp_path / "infra").mkdir()
    fact = handing_over(tmp_path, at("../app"))
    assert [one.file for one in fact.found] == ["app/inner/settings.py"]


def test_a_zip_file_is_looked_into(tmp_path):
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr("handler.py", f'\napi_key = "{TOKEN}"\n')
        archive.writestr("site-packages/x.py", f'api_key = "{TOKEN}"\n')
    fact = handing_over(tmp_path, at("app.zip"))
    assert [(one.file, one.line) for one in fact.found] == [("app.zip/handler.py", 2)]
    assert fact.skipped == ("installed packages: app.zip",)


def test_a_zip_file_that_unpacks_to_more_than_may_be_read_is_said_to_be_unread(tmp_path):
    with zipfile.ZipFile(tmp_path / "app.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", "a" * (8 * 2**20))
    assert handing_over(tmp_path, at("app.zip")).unread == ("files are larger than 2 MiB: app.zip/bomb.txt",)


@pytest.mark.parametrize(
    "path, said",
    [
        ("https://example.com/app.zip", "code is handed over from an address: https://example.com/app.zip"),
        ("./nowhere", "code is handed over that is not there: ./nowhere"),
        ("../outside.py", "code is handed over from outside the project: ../outside.py"),
        ("link.py", "code is handed over from outside the project: link.py"),
        ("broken.zip", "a zip file cannot be opened: broken.zip"),
    ],
)
def test_code_that_cannot_be_read_is_said_to_be_unread(tmp_path, path, said):
    (tmp_path / "outside.py").write_text(f'token = "{TOKEN}"\n')
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "link.py").symlink_to(tmp_path / "outside.py")
    with zipfile.ZipFile(folder / "broken.zip", "w") as archive:
        archive.writestr("x.py", "pass\n" * 100)
    data = bytearray((folder / "broken.zip").read_bytes())
    data[:4] = b"XXXX"
    (folder / "broken.zip").write_bytes(bytes(data))
    fact = handing_over(folder, at(path))
    assert (fact.unread, fact.found) == ((said,), ())


def test_of_code_with_a_hash_alone_nothing_is_seen(tmp_path):
    fact = handing_over(tmp_path, cloud_value({SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "hash": "0"}))
    assert fact.unread == ("code is handed over that is not known here: it",)


def test_without_the_project_code_in_files_is_unread():
    assert handing_over(None, at("app")).unread == ("code is handed over from files that are not at hand: it (app)",)


def test_libraries_of_a_layer_that_are_not_built_yet_are_left_out_by_name(tmp_path):
    fact = handing_over(tmp_path, at("build"), token="aws:lambda/layerVersion:LayerVersion")
    assert (fact.unread, fact.skipped) == ((), ("libraries of a layer, which are not there yet: build",))


def test_time_has_an_end(tmp_path):
    a_program(tmp_path)
    ticks = iter([0.0, *[1.0] * 1, *[99.0] * 50])
    resource = declare("aws:lambda/function:Function", "it", {"code": at("app")})
    read = code_files((resource,), tmp_path, lambda: next(ticks))
    assert list(read.texts) == ["app/handler.py"]
    assert read.unread == ("there is more code than is looked at: app/icon.png, app/inner/settings.py",)


def test_code_that_is_text_is_looked_at_and_neither_kept_nor_told():
    fact = handing_over(None, None, {"code.app.py": f'TOKEN = "{TOKEN}"\n'})
    assert [(one.path, one.urn.rpartition("::")[2]) for one in fact.found] == [("code.app.py", "it")]
    assert TOKEN not in repr(CodeText(urn="u", path="p", text=TOKEN))


def test_text_that_was_too_long_to_be_handed_on_is_unread():
    fact = handing_over(None, None, {"code.app.py": None})
    assert fact.unread == ("code is too long to be looked at: it (code.app.py)",)


@pytest.mark.parametrize(
    "part", ["\n", "x=", "token", "token=", "eyJ", "eyJ.eyJ", "-----BEGIN " + "PRIVATE KEY-----", "a"]
)
def test_no_text_takes_minutes(part):
    begin = time.process_time()
    detected(part * ((1 << 17) // len(part)))
    assert time.process_time() - begin < 5.0


def test_a_secret_behind_much_text_is_found_whole():
    token = "zq7" + "Kd93mPw0" * 3
    (one,) = detected("word " * 50_000 + f"API_TOKEN={token} " + "word " * 50_000)
    assert one.held == (token,)
