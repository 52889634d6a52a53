import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from checks.model.waiver import WaiverKind
from scanner.config.load import load_configuration
from scanner.errors import ConfigError, UsageError
from scanner.model.cloud_input import (
    EngineInput,
    PreviewInput,
    ProgramInput,
    StateInput,
    TemplateInput,
    TerraformPlanInput,
)
from scanner.model.effect import Effect, Mode
from scanner.model.party import Party, Right, Role
from scanner.model.subject import Side
from scanner.model.target import Origin, PartnerServer

WHOLE = """\
environments:
  test:
    mode: exercise
    allow: [lasting, registration]
    endpoints:
      main:
        versions_url: https://OCPI.example.com:8443/ocpi/versions
        ca_file: ca.pem
        plaintext_ports: [80, 8443, 8080]
        allow_hosts: [https://files.example.com]
        allow_internal: true
    identities:
      emsp-one:
        partner: one
        token: env:TOKEN_ONE
        disposable: true
        sink: file:new-token
        kind: bootstrap
        unregister: true
      emsp-two: {party: de-two, role: EMSP, token: file:two.txt}
    absent_parties: [XX-NIX]
    listen_hosts: [192.0.2.7]
    partner_server:
      {certificate_file: p.pem, key_file: p.key, listen: 192.0.2.7, port: 8443, url: 'https://partner.example.com/'}
    authorisation:
      - {host: ocpi.example.com, who: Ada, starts: 2027-01-01T00:00:00Z, ends: 2027-01-02T00:00:00+01:00}
    cloud:
      programs:
        stack:
          directory: infra
          stack: test
          config: {"aws:region": eu-central-1, count: 3, flag: true, parties: [{role: CPO}]}
          python: infra/.venv/bin/python
        elsewhere: {directory: ts, stack: test, preview: engine, variables: [HOME], timeout_s: 60}
      previews:
        planned: {file: preview.json, state: state.json, directory: infra}
      states:
        deployed: {file: state.json}
      terraform_plans:
        edge: {file: plan.json}
      templates:
        legacy: {file: template.yaml, parameters: {Stage: prod}, region: eu-west-1, account: "123456789012"}
    limits: {requests_per_second: 5, max_requests: 100}
  prod:
    endpoints:
      main: {versions_url: http://prod.example.com/versions}
partners:
  one:
    party: nl-one
    roles: [EMSP]
    requests_per_second: 20
    contract: {starts: 2027-01-01, ends: 2027-12-31, kept_at_least_days: 365, kept_at_most_days: 730}
    modules:
      locations: {sides: [sender], rights: [read]}
      tokens: {sides: [sender, receiver], rights: [read, write]}
      nlone-extra: {sides: [sender], rights: [read]}
seed: 7
waivers:
  - {fingerprint: 0123456789abcdef, owner: Ada, reason: known, until: 2027-06-30, kind: accepted}
  - {fingerprint: 0123456789abcde0, owner: Ada, reason: known, until: soon, kind: accepted}
  - {fingerprint: 0123456789abcdef, owner: Bob, reason: twice, until: 2027-06-30, kind: accepted}
  - {fingerprint: 0123456789abcde1, reason: nobody, until: 2027-06-30, kind: acepted}
  - all of them
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str) -> Path:
        file: Path = tmp_path / "ocpi-posture.yaml"
        file.write_text(text)
        return file

    return write


@pytest.fixture
def refused(write):
    def refused(text: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load_configuration(write(text))
        return caught.value.diagnostics()

    return refused


@pytest.fixture
def whole(write):
    return load_configuration(write(WHOLE))


def test_an_endpoint_is_translated_with_its_paths_relative_to_the_file(whole, tmp_path):
    (endpoint,) = whole.targets[0].endpoints
    assert endpoint.origin == Origin(scheme="https", host="ocpi.example.com", port=8443)
    assert endpoint.ca_file == tmp_path / "ca.pem"
    assert endpoint.allow_hosts == (Origin(scheme="https", host="files.example.com", port=443),)
    assert endpoint.allow_internal
    assert endpoint.plaintext_ports == (80, 8080)


def test_an_identity_is_bound_to_the_endpoints_that_it_names(write):
    text = "environments: {t: {endpoints: {a: {versions_url: 'https://a/'}, b: {versions_url: 'https://b/'}}, "
    text += "identities: {one: {token: env:A, endpoints: [b]}}}}"
    (target,) = load_configuration(write(text)).targets
    assert target.identities[0].endpoints == {"b"}


def test_an_identity_takes_party_and_only_role_from_its_partner(whole):
    one, two = whole.targets[0].identities
    assert (one.party, one.role, one.disposable, one.has_sink) == (
        Party(country_code="NL", party_id="ONE"),
        Role.EMSP,
        True,
        True,
    )
    assert (two.party, two.partner, two.has_sink) == (Party(country_code="DE", party_id="TWO"), None, False)


PROD = "  prod: {endpoints: {main: {versions_url: https://prod.example.com/}}%s}\n"


@pytest.mark.parametrize(
    "served, beside, here, elsewhere, told",
    [
        ("", "", ["abc", "def"], [], True),
        ("", PROD % "", ["abc", "def"], [], False),
        ("    partners: [abc]\n", "", ["abc"], ["def"], True),
        ("    partners: [abc]\n", PROD % "", ["abc"], ["def"], True),
        ("    partners: []\n", PROD % ", partners: [def]", [], ["abc", "def"], True),
    ],
)
def test_an_environment_serves_the_partners_that_it_names(write, served, beside, here, elsewhere, told):
    partners = f"partners: {{abc: {ABC}, def: {ABC.replace('ABC', 'DEF')}}}\n"
    target = load_configuration(write(ENDPOINT + served + beside + partners)).targets[0]
    assert [one.partner for one in target.contracts] == here
    assert [one.partner for one in target.elsewhere] == elsewhere
    assert target.told is told


def test_secrets_stay_references(whole):
    assert str(whole.tokens[("test", "emsp-one")]) == "env:TOKEN_ONE"
    assert str(whole.tokens[("test", "emsp-two")]) == "file:two.txt"
    assert {key: str(sink) for key, sink in whole.sinks.items()} == {("test", "emsp-one"): "file:new-token"}


def test_a_contract_grants_each_side_of_each_module(whole):
    (contract,) = whole.targets[0].contracts
    assert contract.allows("tokens", Side.RECEIVER, Right.WRITE)
    assert contract.allows("locations", Side.SENDER, Right.READ)
    assert not contract.allows("locations", Side.SENDER, Right.WRITE)
    assert not contract.allows("locations", Side.RECEIVER, Right.READ)
    assert (contract.starts, contract.ends) == (date(2027, 1, 1), date(2027, 12, 31))
    assert (contract.requests_per_second, contract.kept_at_least_days, contract.kept_at_most_days) == (20, 365, 730)


def test_mode_permissions_limits_and_authorisation_are_translated(whole):
    target = whole.targets[0]
    assert target.mode is Mode.EXERCISE
    assert target.allow == {Effect.LASTING, Effect.REGISTRATION}
    assert (target.limits.requests_per_second, target.limits.max_requests, target.limits.burst) == (5, 100, 10)
    assert target.absent_parties == {Party(country_code="XX", party_id="NIX")}
    assert target.listen_hosts == {"192.0.2.7"}
    assert target.authorisations[0].ends == datetime(2027, 1, 1, 23, tzinfo=UTC)


def test_what_a_registration_takes_is_translated(whole, tmp_path):
    target = whole.targets[0]
    one = target.identity("emsp-one")
    assert (one.bootstrap, one.unregister, one.has_sink) == (True, True, True)
    assert (target.identity("emsp-two").bootstrap, target.identity("emsp-two").unregister) == (False, False)
    assert target.partner_server == PartnerServer(
        certificate_file=tmp_path / "p.pem",
        key_file=tmp_path / "p.key",
        host="192.0.2.7",
        port=8443,
        url="https://partner.example.com",
    )


def test_a_program_gets_its_config_as_pulumi_writes_it(whole, tmp_path):
    program = whole.targets[0].inputs[0]
    assert isinstance(program, ProgramInput)
    assert program.config == {
        "aws:region": "eu-central-1",
        "count": "3",
        "flag": "true",
        "parties": '[{"role": "CPO"}]',
    }
    assert (program.directory, program.python) == (tmp_path / "infra", tmp_path / "infra/.venv/bin/python")


def test_the_profile_follows_from_what_is_looked_at(whole):
    assert whole.profile_name == "deployment-exercised"
    assert whole.in_mode(Mode.OBSERVE).profile_name == "deployment"
    assert whole.only(["prod"]).profile_name == "endpoint"


def test_an_environment_that_says_nothing_more_is_only_observed(whole):
    prod = whole.targets[1]
    assert prod.mode is Mode.OBSERVE
    assert prod.allow == frozenset()
    assert prod.endpoints[0].origin == Origin(scheme="http", host="prod.example.com", port=80)
    assert prod.endpoints[0].plaintext_ports == ()


def test_other_forms_of_a_declared_cloud_stand_beside_programs(whole, tmp_path):
    _, engine, preview, state, plan, template = whole.targets[0].inputs
    assert engine == EngineInput(
        name="elsewhere", directory=tmp_path / "ts", stack="test", variables=("HOME",), timeout_s=60.0
    )
    assert preview == PreviewInput(
        name="planned",
        file=tmp_path / "preview.json",
        state=tmp_path / "state.json",
        directory=tmp_path / "infra",
    )
    assert state == StateInput(name="deployed", file=tmp_path / "state.json")
    assert plan == TerraformPlanInput(name="edge", file=tmp_path / "plan.json")
    assert template == TemplateInput(
        name="legacy",
        file=tmp_path / "template.yaml",
        parameters={"Stage": "prod"},
        region="eu-west-1",
        account="123456789012",
    )
    assert "[not shown]" in str(whole.shown)


def test_a_whole_waiver_is_read_and_each_malformed_one_reported(whole):
    (waiver,) = whole.waivers
    assert (waiver.owner, waiver.until, waiver.kind) == ("Ada", date(2027, 6, 30), WaiverKind.ACCEPTED)
    said = [str(problem) for problem in whole.malformed_waivers]
    assert [s.split(": ", 1)[1] for s in said] == [
        "waivers[1].until: must be a day, such as 2027-01-31",
        "waivers[2].fingerprint: is waived twice; the first one stands",
        "waivers[3].owner: this key is required and missing",
        "waivers[3].kind: must be one of accepted, compensated, false_positive (did you mean 'accepted'?)",
        "waivers[4]: must be a mapping of keys to values",
    ]
    assert "ocpi-posture.yaml:60:" in said[0]


def test_the_digest_is_of_the_file(whole, write):
    assert load_configuration(write(WHOLE)).sha256 == whole.sha256
    assert load_configuration(write(WHOLE + "# more\n")).sha256 != whole.sha256


def test_only_the_named_environments_are_kept(whole):
    prod = whole.only(["prod"])
    assert [target.name for target in prod.targets] == ["prod"]
    assert prod.tokens == {}
    assert whole.only([]) is whole
    with pytest.raises(UsageError, match=r"'prd' \(did you mean 'prod'\?\)"):
        whole.only(["prd"])


def test_mode_and_budgets_can_be_set_for_one_run(whole):
    run = whole.in_mode(Mode.OBSERVE).with_budgets(requests=3, refusals=2)
    assert {(t.mode, t.limits.max_requests, t.limits.max_refusals) for t in run.targets} == {(Mode.OBSERVE, 3, 2)}
    assert {t.limits.max_refusals for t in whole.with_budgets(refusals=0).targets} == {0}
    assert whole.in_mode(None).with_budgets() is whole


ABC = "{party: NL-ABC, roles: [CPO]}"
AGREED = "    authorisation: [{host: a, who: b, "
PARTNER = "partners: {a: {party: NL-ABC, roles: [CPO], "
PROGRAM = "    cloud: {programs: {a: {directory: ., stack: test, "
TWICE = "    cloud: {programs: {a: {directory: ., stack: test}}, previews: {a: {file: p.json}}}\n"
ENDPOINT = "environments:\n  test:\n    endpoints:\n      main:\n        versions_url: https://x.example/\n"


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_key(refused):
    message = refused(ENDPOINT + "        plaintex_ports: [80]\n")
    assert "ocpi-posture.yaml:6:9: environments.test.endpoints.main.plaintex_ports: unknown key" in message
    assert "did you mean 'plaintext_ports'?" in message


@pytest.mark.parametrize(
    "text,near",
    [
        ("enviroments: {}\n", "environments"),
        (ENDPOINT + "    identites: {}\n", "identities"),
        (ENDPOINT + "    cloud: {programs: {a: {directory: ., stack: x, pyhton: y}}}\n", "python"),
        (ENDPOINT + "partners: {a: {party: NL-ABC, roles: [CPO], contract: {start: 2027-01-01}}}\n", "starts"),
        (ENDPOINT + "    limits: {max_request: 3}\n", "max_requests"),
        (ENDPOINT + "    authorisation: [{hots: a}]\n", "host"),
    ],
)  # fmt: skip
def test_the_nearest_key_is_found_at_every_depth(refused, text, near):
    assert f"did you mean {near!r}?" in refused(text)


@pytest.mark.parametrize(
    "addition,sentence",
    [
        ("    mode: obsrve\n", "test.mode: must be one of observe, exercise, stress (did you mean 'observe'?)"),
        ("    allow: [burst]\n", "test.allow[0]: must be one of lasting, registration, actuate"),
        ("    identities: {a: {token: env:A, disposable: yes}}\n", "a.disposable: must be true or false"),
        ("    identities: {a: {token: env:A, party: NLABC}}\n", "write a party as country code and party id"),
        ("    identities: {a: {token: env:A, sink: env:B}}\n", "a new token cannot be kept in an environment variable"),
        ("    identities: {a: {role: EMSP}}\n", "identities.a.token: this key is required and missing"),
        (f"    identities: {{a: {{token: env:A, partner: on}}}}\npartners: {{one: {ABC}}}\n", "(did you mean 'one'?)"),
        (f"    partners: [acb]\npartners: {{abc: {ABC}}}\n", "no partner is called 'acb' (did you mean 'abc'?)"),
        (
            f"    identities: {{a: {{token: env:A, partner: abc}}}}\n    partners: []\npartners: {{abc: {ABC}}}\n",
            "identities.a.partner: 'abc' is not among the `partners` of this environment",
        ),
        ("      two: {versions_url: https://y.ex/}\n    identities: {a: {token: env:A}}\n", "say in `endpoints` which"),
        ("    identities: {a: {token: env:A, endpoints: [mian]}}\n", "no endpoint is called 'mian' (did you mean"),
        ("    allow: [lasting]\n", "mode observe sends reads only"),
        ("    mode: exercise\n    allow: [actuate]\n", "`actuate` needs `evses`"),
        ("    mode: exercise\n    allow: [registration]\n", "`registration` needs an identity with a `sink`"),
        ("    mode: stress\n", "`stress` needs `authorisation`"),
        ("    limits: {max_requests: 1.5}\n", "limits.max_requests: must be a whole number"),
        ("    limits: {max_requests: 0}\n", "limits.max_requests: must be greater than or equal to 1"),
        ("    limits: {requests_per_second: fast}\n", "must be a number"),
        (AGREED + "starts: 2027-01-01T00:00:00, ends: 2027-01-02T00:00:00Z}]\n", "needs a time zone"),
        (AGREED + "starts: 2027-01-03T00:00:00Z, ends: 2027-01-02T00:00:00Z}]\n", "ends before it starts"),
        (PARTNER + "modules: {location: {sides: [sender], rights: [read]}}}}\n", "did you mean 'locations'?"),
        (PARTNER + "contract: {starts: 2027-02-01, ends: 2027-01-01}}}\n", "the contract ends before it starts"),
        (PARTNER + "contract: {kept_at_least_days: 9, kept_at_most_days: 8}}}\n", "less than kept_at_least_days (9)"),
        ("partners: {a: {party: NL-ABC, roles: []}}\n", "roles: must not be empty"),
        ("partners: [a]\n", "partners: must be a mapping of names to values"),
        ("profile: endpont\n", "profile: no profile is called 'endpont' (did you mean 'endpoint'?)"),
        ("tls_profile: rfc9325\n", "(did you mean 'rfc9325-1'?); there are: ocpi-2026-1"),
        ("    cloud: 3\n", "cloud: must be a mapping of keys to values"),
        (PROGRAM + "variables: [HOME]}}}\n", "a program under mocks sees none of your variables"),
        (PROGRAM + "preview: engine, config: {a: b}}}}\n", "the engine reads Pulumi.test.yaml"),
        (PROGRAM + "preview: engine, python: p}}}\n", "the engine takes the Python that Pulumi.yaml names"),
        (PROGRAM + "preview: up}}}\n", "preview: must be one of mocks, engine"),
        (PROGRAM + "preview: engine, variables: [A=b]}}}\n", "variables[0]: "),
        (TWICE, "previews.a: programs has that name already: each input needs a name of its own"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(refused, addition, sentence):
    assert sentence in refused(ENDPOINT + addition)


@pytest.mark.parametrize(
    "url",
    [
        "ocpi.example.com/versions",
        "ftp://x.example/",
        "https://u:p@x.example/",
        "https://x.example/#a",
        "https://x:99999/",
        "https://[::1/",
    ],
)
def test_a_versions_url_that_cannot_be_used_is_refused(refused, url):
    message = refused(f"environments: {{test: {{endpoints: {{main: {{versions_url: '{url}'}}}}}}}}\n")
    assert "environments.test.endpoints.main.versions_url: " in message


def test_an_environment_without_anything_to_look_at_is_refused(refused):
    assert "has nothing to look at" in refused("environments: {test: {mode: observe}}\n")
    assert "environments: this key is required and missing" in refused("")
    assert "environments: must not be empty" in refused("environments: {}\n")


def test_all_problems_are_reported_at_once_in_file_order(refused):
    lines = refused(ENDPOINT + "    mod: observe\n    limits: {max_requests: x}\nsed: 1\n").splitlines()
    assert [line.split(":")[1] for line in lines] == ["6", "7", "8"]


@pytest.mark.parametrize(
    "where", ["token: {0}", "token: env:A\n        sink: {0}", "token: env:{0}", "role: {0}", "{0}: 1"]
)
def test_a_token_written_in_clear_is_refused_and_not_repeated(refused, where):
    canary = "c4n4ry-Token/with+more="
    text = ENDPOINT + "    identities:\n      a:\n        " + where.format(canary) + "\n"
    message = refused(text)
    if where != "{0}: 1":
        assert canary not in message
    assert "environments.test.identities.a" in message


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x.example/#a", "'https://x.example/ y'", "wiki/page"])
def test_a_catalogue_is_a_page_of_the_web_to_which_an_anchor_can_be_added(refused, url):
    assert "catalogue_url" in refused(f"{ENDPOINT}catalogue_url: {url}\n")


_TWO = (
    "environments: {test: {endpoints: {a: {versions_url: 'https://a/'}}, identities: {one: {token: env:A%s}}}, "
    "prod: {endpoints: {b: {versions_url: 'https://b/'}}}}"
)


def test_a_token_may_be_shown_to_another_environment_where_its_identity_says_so(write):
    test, prod = load_configuration(write(_TWO % ", disposable: true, shown_to: [prod]")).targets
    assert prod.shown_here == {("test", "one")}
    assert test.shown_here == frozenset()


@pytest.mark.parametrize(
    "keys, sentence",
    [
        (", shown_to: [prod]", "has to be `disposable: true`"),
        (", disposable: true, shown_to: [prod-2]", "did you mean 'prod'"),
        (", disposable: true, shown_to: [test]", "its own environment"),
        (", disposable: true, unregister: true, shown_to: [prod]", "which shows nothing"),
        (", disposable: true, revoked_at: 2027-01-11T20:30:00Z, shown_to: [prod]", "which shows nothing"),
    ],
)
def test_a_token_that_cannot_be_shown_elsewhere_is_told_of(write, keys, sentence):
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        load_configuration(write(_TWO % keys))


def test_a_token_is_not_foreign_where_both_environments_have_one_versions_url(write):
    one = _TWO.replace("https://b/", "https://A") % ", disposable: true, shown_to: [prod]"
    with pytest.raises(ConfigError, match="which issued the token"):
        load_configuration(write(one))
