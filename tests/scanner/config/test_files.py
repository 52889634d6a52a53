from pathlib import Path

import pytest

from scanner.config.load import load_configuration
from scanner.errors import ConfigError
from scanner.model.target import ClientCertificate
from tests.targets.tls_certificates import CertificatePlan, issue

TEXT = """\
environments:
  test:
    endpoints: {main: {versions_url: "https://x.example/", ca_file: ca.pem}}
    cloud: {programs: {stack: {directory: stack, stack: test}}}
"""


def test_files_are_asked_for_only_on_demand(tmp_path):
    (tmp_path / "c.yaml").write_text(TEXT)
    assert load_configuration(tmp_path / "c.yaml").targets
    with pytest.raises(ConfigError) as caught:
        load_configuration(tmp_path / "c.yaml", with_files=True)
    first, second = caught.value.diagnostics().splitlines()
    assert first.endswith("ca.pem cannot be read: no such file or directory")
    assert "c.yaml:3:" in first
    assert second.endswith(f"there is no Pulumi.yaml in {tmp_path}/stack")


@pytest.mark.parametrize("content", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "text"])
def test_a_ca_file_without_a_certificate_is_refused(tmp_path, content):
    (tmp_path / "ca.pem").write_text(content)
    (tmp_path / "c.yaml").write_text(
        "environments: {t: {endpoints: {m: {versions_url: 'https://x/', ca_file: ca.pem}}}}"
    )
    with pytest.raises(ConfigError, match="holds no certificate in PEM"):
        load_configuration(tmp_path / "c.yaml", with_files=True)


def test_files_that_are_there_are_fine(tmp_path, service_ca):
    (tmp_path / "ca.pem").write_bytes(service_ca)
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "Pulumi.yaml").write_text("name: x\nruntime: python\n")
    (tmp_path / "c.yaml").write_text(TEXT)
    assert load_configuration(tmp_path / "c.yaml", with_files=True).targets


def test_documents_of_an_engine_have_to_be_there(tmp_path):
    (tmp_path / "c.yaml").write_text(
        "environments: {t: {cloud: {previews: {a: {file: p.json, state: s.json, directory: d}},"
        " states: {b: {file: t.json}}, terraform_plans: {c: {file: u.json}}, templates: {d: {file: v.yaml}}}}}"
    )
    with pytest.raises(ConfigError) as caught:
        load_configuration(tmp_path / "c.yaml", with_files=True)
    said = [str(problem).partition(": ")[2] for problem in caught.value.problems]
    assert sorted(said) == [
        f"environments.t.cloud.previews.a.directory: there is no Pulumi.yaml in {tmp_path}/d",
        f"environments.t.cloud.previews.a.file: there is no file {tmp_path}/p.json",
        f"environments.t.cloud.previews.a.state: there is no file {tmp_path}/s.json",
        f"environments.t.cloud.states.b.file: there is no file {tmp_path}/t.json",
        f"environments.t.cloud.templates.d.file: there is no file {tmp_path}/v.yaml",
        f"environments.t.cloud.terraform_plans.c.file: there is no file {tmp_path}/u.json",
    ]


def _with_client(folder: Path, keys: str) -> None:
    (folder / "c.yaml").write_text(
        f"environments: {{t: {{endpoints: {{m: {{versions_url: 'https://x/', {keys}}}}}}}}}", encoding="utf-8"
    )


@pytest.mark.parametrize(
    "keys, problem",
    [
        ("client_certificate_file: ours.pem", "go together"),
        ("client_key_file: ours.key", "go together"),
        ("client_certificate_file: ours.pem, client_key_file: other.key", "no certificate in PEM and its key"),
        ("client_certificate_file: ours.pem, client_key_file: none.key", "cannot be read: no such file"),
    ],
)
def test_a_client_certificate_comes_with_its_own_key(tmp_path, keys, problem):
    issue(CertificatePlan(), tmp_path, "ours")
    issue(CertificatePlan(), tmp_path, "other")
    _with_client(tmp_path, keys)
    with pytest.raises(ConfigError, match=problem):
        load_configuration(tmp_path / "c.yaml", with_files=True)


def test_a_client_certificate_is_read_beside_the_configuration(tmp_path):
    chain, key = issue(CertificatePlan(), tmp_path, "ours")
    _with_client(tmp_path, "client_certificate_file: ours.pem, client_key_file: ours.key")
    (target,) = load_configuration(tmp_path / "c.yaml", with_files=True).targets
    assert target.endpoints[0].client == ClientCertificate(certificate_file=chain, key_file=key)


@pytest.mark.parametrize(
    "given",
    [
        "environments: {t: {cloud: {terraform_plans: {c: {file: NAME}}}}}",
        "environments: {t: {cloud: {states: {c: {file: c.yaml, directory: NAME}}}}}",
        "{environments: {t: {cloud: {states: {c: {file: c.yaml}}}}}, attestations: [NAME]}",
    ],
)
def test_a_place_that_this_machine_lets_nobody_look_at_is_a_problem_of_the_file(tmp_path, given):
    (tmp_path / "c.yaml").write_text(given.replace("NAME", "n" * 300))
    with pytest.raises(ConfigError, match=r"nnn.*cannot be read: file name too long"):
        load_configuration(tmp_path / "c.yaml", with_files=True)
