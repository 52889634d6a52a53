from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.checklist.loader import LAYERS, ChecklistError, checklist, controls, load, read_layer
from checks.mappings.loader import rule_table
from checks.model.control import PROFILES, writes
from scanner.model.witness import Witness

ROWS = {control.id: control for control in controls()}
FOLDER = Path("checks/checklist")
SCOPES = {
    "endpoint": {Witness.TLS, Witness.PROTOCOL},
    "deployment": {Witness.TLS, Witness.PROTOCOL, Witness.CLOUD_DECLARED},
    "exercised": {Witness.PROTOCOL},
    "attested": {Witness.ATTESTATION},
}
NEEDS_MORE = {  # two identities or environments, a bootstrap token, a right to register, a hub: many are asked without
    "OCPI-AUT-02",
    "OCPI-AUT-04",
    "OCPI-PIT-03",
    "OCPI-AUT-01",
    "OCPI-TST-06",
    "OCPI-VUL-09",
    "OCPI-EXT-02",
    "OCPI-EXT-06",
    "OCPI-EXT-08",
    "OCPI-EXT-09",
    "OCPI-VUL-21",  # a backend in trouble, which its operator arranges
    "OCPI-VUL-23",
    "OCPI-TST-20",
    "OCPI-TST-21",
    "OCPI-TST-22",  # a platform that pulls
    "OCPI-VUL-18",  # a partner of ours that may be hostile
    "OCPI-VUL-20",
    "OCPI-TST-17",
    "OCPI-TST-18",
    "OCPI-EXT-01",
    "OCPI-NET-02",  # load, and leave to send it
    "OCPI-NET-04",
    "OCPI-TST-09",
    "OCPI-TST-23",
    "OCPI-TST-24",
    "OCPI-TST-26",
}
NEEDS_A_CONTRACT = {"OCPI-AZ-01", "OCPI-AZ-03", "OCPI-AZ-04"}  # a bare URL says nothing of what was agreed


def checked(*, by_writing: bool = True) -> dict[str, set[Witness]]:
    """Row -> the witnesses that have a check for it; those apart that only a run that writes can answer."""
    found: dict[str, set[Witness]] = defaultdict(set)
    for check in CATALOG:
        if by_writing or not check.by_writing:
            for name in check.controls:
                found[name].add(check.witness)
    return found


def mapped() -> dict[str, set[Witness]]:
    """Row -> the witness of the mapped rules of borrowed tools, all of which judge what is declared."""
    return {name: {Witness.CLOUD_DECLARED} for rule in rule_table().values() for name in rule.controls}


def text_of(*rows: str, layer: str = "transport") -> str:
    return f"layer: {layer}\ntitle: A layer\ncontrols:\n" + "".join(rows)


def row(id: str = "OCPI-TLS-01", **more) -> str:
    fields = {"id": id, "title": "A row", "severity": "high", "witnesses": ["tls"], "verify": "look", **more}
    (first, *rest) = yaml.safe_dump(fields, sort_keys=False).splitlines()
    return "\n".join((f"  - {first}", *(f"    {line}" for line in rest))) + "\n"


def loaded(*rows: str):
    """A checklist whose first layer has these rows, and whose other layers have one each."""
    rest = {f"{name}.yaml": text_of(row(f"OCPI-XX-{n:02}"), layer=name) for n, name in enumerate(LAYERS)}
    return load({**rest, "transport.yaml": text_of(*rows)}.__getitem__)


def test_every_row_is_there_once_in_eight_layers():
    assert len(controls()) == len(ROWS) == 126
    assert [layer.id for layer in checklist().layers] == list(LAYERS)
    assert {control.layer for control in controls()} == set(LAYERS)
    assert Counter(name.split("-")[1] for name in ROWS) == {
        "TLS": 3, "AUT": 4, "AZ": 4, "NET": 4, "INT": 4, "LOG": 4, "PRV": 4, "OPS": 4, "PIT": 5, "VUL": 23, "COM": 7,
        "TST": 26, "BP": 7, "CAD": 1, "EXT": 26,
    }  # fmt: skip


def test_every_file_in_the_folder_is_a_layer():
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(LAYERS)


def test_practices_and_pitfalls_roll_up_what_they_refine():
    for control in controls():
        if control.id.split("-")[1] in {"BP", "PIT"}:
            assert control.folds, control.id
        if control.rolls_up:
            assert control.id.split("-")[1] in {"BP", "PIT", "COM"}, control.id


def test_a_required_witness_can_speak_and_has_something_to_say():
    for control in controls():
        for profile, requirement in control.requires.items():
            assert requirement.witnesses <= SCOPES[profile], control.id
            assert requirement.witnesses <= set(control.witnesses), control.id
            able = checked()[control.id] | mapped().get(control.id, set())
            assert requirement.witnesses <= able, f"{control.id}: {profile} requires what no check brings"
            assert requirement.checks <= {check.id for check in CATALOG if control.id in check.controls}, control.id


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_requires_every_witness_in_its_scope_that_has_a_check(profile):
    base = profile.partition("-")[0]
    for name, witnesses in checked(by_writing=writes(profile)).items():
        if (base == "deployment" or name not in NEEDS_A_CONTRACT) and name not in NEEDS_MORE:
            assert witnesses & SCOPES[base] <= ROWS[name].required_by(profile).witnesses, name


@pytest.mark.parametrize("base", ["endpoint", "deployment"])
def test_a_run_that_may_write_has_to_show_all_that_one_that_reads_has_to(base):
    for control in controls():
        asked, more = control.required_by(base), control.required_by(f"{base}-exercised")
        assert asked.witnesses <= more.witnesses, control.id


def test_what_an_endpoint_must_show_a_deployment_must_show_too():
    for control in controls():
        assert control.required_by("endpoint").witnesses <= control.required_by("deployment").witnesses, control.id


def test_every_check_answers_rows_that_exist_through_a_witness_that_they_name():
    for check in CATALOG:
        assert check.controls, check.id
        for name in check.controls:
            assert check.witness in ROWS[name].witnesses, f"{check.id} speaks about {name}"


def test_every_mapped_rule_of_a_tool_answers_rows_that_name_its_witness():
    for name, witnesses in mapped().items():
        assert witnesses <= set(ROWS[name].witnesses), name


@pytest.mark.parametrize(
    "rows, says",
    [
        ([row(), row()], "transport.yaml: OCPI-TLS-01: id: stands in transport.yaml, too"),
        ([row("OCPI-XX-03")], "network.yaml: OCPI-XX-03: id: stands in transport.yaml, too"),
        ([row(severity="grave")], "transport.yaml: OCPI-TLS-01: severity: Input should be"),
        ([row(witnesses=["tls", "crystal-ball"])], "transport.yaml: OCPI-TLS-01: witnesses: 1: Input should be"),
        ([row(witnesses=[])], "transport.yaml: OCPI-TLS-01: witnesses: Tuple should have at least 1 item"),
        ([row(titel="x")], "transport.yaml: OCPI-TLS-01: titel: Extra inputs are not permitted"),
        ([row("TLS-1")], "transport.yaml: TLS-1: id: String should match"),
        ([row(), "  - title: nobody\n"], "transport.yaml: row 2: id: Field required"),
        ([row(refines=["OCPI-TLS-09"])], "transport.yaml: OCPI-TLS-01: refines: no such row: OCPI-TLS-09"),
        ([row(refines=["OCPI-TLS-01"])], "transport.yaml: OCPI-TLS-01: refines: leads back to itself"),
        ([row(rolls_up=True)], "transport.yaml: OCPI-TLS-01: rolls_up: there is nothing to fold"),
        ([row(own_part="more")], "transport.yaml: OCPI-TLS-01: own_part: only a row that rolls up"),
        ([row(requires={"moon": {}})], "transport.yaml: OCPI-TLS-01: requires: no such profile: moon"),
        (
            [row(requires={"endpoint": {"witnesses": ["logs"]}})],
            "transport.yaml: OCPI-TLS-01: requires: endpoint: not among its witnesses: logs",
        ),
        ([row(requires={"endpoint": {"check": []}})], "transport.yaml: OCPI-TLS-01: requires: endpoint: check: Extra"),
        ([row() + "    title: again\n"], "transport.yaml: the mapping at line 4 has 'title' twice"),
        (["  - id: [\n"], "transport.yaml: "),
        (["  - 7\n"], "transport.yaml: row 1: Input should be a valid dictionary"),
    ],
)
def test_what_is_wrong_is_named_by_file_row_and_field(rows, says):
    with pytest.raises(ChecklistError) as refused:
        loaded(*rows)
    assert str(refused.value).startswith(says)


@pytest.mark.parametrize("text", ["", "[]", "just words", "layer: x\n"])
def test_a_file_that_is_no_layer_is_refused(text):
    with pytest.raises(ChecklistError, match=r"^odd\.yaml: "):
        read_layer("odd.yaml", text)


def test_a_layer_in_the_wrong_file_is_refused():
    files = {f"{name}.yaml": text_of(row(f"OCPI-XX-{n:02}"), layer="privacy") for n, name in enumerate(LAYERS)}
    with pytest.raises(ChecklistError, match="the file says 'transport'"):
        load(files.__getitem__)


def test_a_row_is_read_as_it_is_written():
    first = loaded(row(requires={"endpoint": {"witnesses": ["tls"], "checks": ["k"]}})).controls[0]
    assert first.required_by("endpoint").names == ("tls", "k")
    assert first.required_by("deployment").names == ()
    assert (first.layer, first.title, first.severity, first.witnesses) == ("transport", "A row", "high", (Witness.TLS,))


@pytest.mark.parametrize("profile, named", [("endpoint", False), ("endpoint-exercised", True)])
def test_a_run_that_writes_does_not_keep_tenants_apart_by_reads_alone(profile, named):
    owners = {"ocpi-owners-agree", "ocpi-owners-parts-agree"}
    assert (owners <= ROWS["OCPI-AZ-03"].required_by(profile).checks) is named
