"""Each format keeps to the model of its field where there is nothing, and where every text is too long or hostile."""

import json
from functools import cache

import pytest
from junitparser import JUnitXml
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from sarif_pydantic import Sarif
from trestle.oscal.assessment_results import Model as ResultsModel
from trestle.oscal.catalog import Model as CatalogModel

from checks.model.verdict import Outcome
from reports.formats import Format, render
from reports.model.posture import Posture
from reports.read import read_posture
from tests.reports.hostile import ENDLESS, STRINGS
from tests.reports.sample_posture import evidence, finding, interface, posture_of, resource

CONTROLS = "".join(map(chr, (*range(32), 127, *range(128, 160)))) + "\ufffe\uffff"


@cache
def extreme() -> Posture:
    """Every text of a finding is endless, of control characters, or hostile."""
    texts = (*STRINGS, ENDLESS, CONTROLS, "", " ", "]]>", "\r\n\r\n", "=1;=1")
    findings = [
        finding(
            f"c{number}-{outcome}{text[:300]}",
            outcome,
            message=text,
            title=text,
            remediation=text,
            reproduce=text,
            field_path=text[:2_000],
            identity=text[:2_000],
            subject=interface("locations", text[:3_000]) if number % 2 else resource(text[:300], text[:3_000]),
            evidence=(evidence(f"e{number}", text),),
        )
        for number, text in enumerate(texts)
        for outcome in (Outcome.FAIL, Outcome.WAIVED, Outcome.INCONCLUSIVE)
    ]
    return posture_of(*findings)


MODELS = {
    Format.JSON: read_posture,
    Format.SARIF: Sarif.model_validate_json,
    Format.OSCAL: ResultsModel.parse_raw,
    Format.OSCAL_CATALOG: CatalogModel.parse_raw,
    Format.OCSF: lambda content: [ComplianceFinding.model_validate_json(line) for line in content.splitlines()],
    Format.JUNIT: JUnitXml.fromstring,
    Format.HTML: bytes.decode,
    Format.MARKDOWN: bytes.decode,
    Format.CSV: bytes.decode,
}


@pytest.mark.parametrize("format_", MODELS)
def test_it_is_valid_where_nothing_was_found(format_):
    MODELS[format_](render(posture_of(), format_))


@pytest.mark.parametrize("format_", MODELS)
def test_it_is_valid_and_of_bounded_size_where_every_text_is_hostile_or_endless(format_):
    content = render(extreme(), format_)
    MODELS[format_](content)
    assert len(content) < 40_000 * len(extreme().findings)
    assert "\x1b" not in content.decode()
    assert "\x00" not in content.decode()


def test_no_json_of_ours_repeats_a_key():
    def once(pairs):
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    for format_ in (Format.JSON, Format.SARIF, Format.OSCAL, Format.OSCAL_CATALOG):
        json.loads(render(extreme(), format_), object_pairs_hook=once)
