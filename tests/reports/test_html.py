import base64
import hashlib
import html
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from checks.model.verdict import Outcome
from reports import html as report
from reports.html import PARTS, render_html
from reports.json_document import render_json
from reports.read import UnreadablePosture, read_posture
from scanner.model.evidence import EvidenceRef
from scanner.model.subject import ServerSubject
from tests.reports.history import with_history
from tests.reports.hostile import ENDLESS, SCRIPTS, STRINGS
from tests.reports.sample_posture import finding, posture_of, realistic, waiver

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Outline(HTMLParser):
    """Every element with its attributes; complains of tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        self.text.append(data)


def page(posture) -> str:
    return render_html(posture).decode("utf-8")


def outline(posture) -> Outline:
    return Outline(page(posture))


def attributes(found: Outline, name: str) -> list[str]:
    return [value or "" for _, attrs in found.elements for key, value in attrs.items() if key == name]


@cache
def real() -> Outline:
    return outline(realistic())


def test_every_template_of_the_report_is_among_those_loaded_ahead():
    folder = Path(report.__file__).parent / "templates"
    used: set[str] = set()
    left = ["report.html.j2"]
    while left:
        named = re.findall(r'(?:import|include|extends|from) "([a-z.0-9]+\.j2)"', (folder / left.pop()).read_text())
        left += sorted(set(named) - used)
        used |= set(named)
    assert used == set(PARTS)
    report.load_templates()


def test_every_element_is_closed_in_order():
    assert real().open == []


def test_nothing_is_asked_of_any_network():
    assert not attributes(real(), "src")
    assert "link" not in {tag for tag, _ in real().elements}
    for target in attributes(real(), "href"):
        assert target.startswith("#") or re.fullmatch(r"evidence/[\w./-]+", target), target
    style = page(realistic()).split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_there_is_one_script_no_handler_and_no_inline_style():
    assert [attrs for tag, attrs in real().elements if tag == "script"] == [{}]
    assert not [key for _, attrs in real().elements for key in attrs if key.startswith("on") or key == "style"]


def test_the_policy_allows_nothing_but_this_very_style_and_script():
    text = page(realistic())
    (policy,) = [a["content"] for t, a in real().elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert "default-src 'none'" in policy
    for name in ("style", "script"):
        content = text[text.index(f"<{name}>") + len(name) + 2 : text.index(f"</{name}>")]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert "trusted-types 'none'" in policy


def test_the_script_is_the_same_whatever_the_target_says():
    def script(text):
        return text[text.index("<script>") : text.index("</script>")]

    assert script(page(realistic())) == script(page(posture_of(finding(message=SCRIPTS[1]), id=SCRIPTS[0])))
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(", script(page(realistic()))
    )


def test_every_link_within_the_page_leads_somewhere_and_ids_are_unique():
    ids = attributes(real(), "id")
    assert len(ids) == len(set(ids))
    inner = {target[1:] for target in attributes(real(), "href") if target.startswith("#")}
    assert inner <= set(ids)
    labels = {word for value in attributes(real(), "aria-labelledby") for word in value.split()}
    assert labels <= set(ids)


def test_headings_descend_by_one_and_landmarks_are_there():
    levels = [int(tag[1]) for tag, _ in real().elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert {"header", "main", "nav", "footer"} <= {tag for tag, _ in real().elements}
    assert {a.get("scope") for t, a in real().elements if t == "th"} == {"col", "row"}
    assert [a["lang"] for t, a in real().elements if t == "html"] == ["en"]


def test_the_answer_comes_first_then_disagreements_then_fails():
    text = page(realistic())
    order = [
        text.index(f'id="{name}"') for name in ("answer", "disagreements", "fails", "open", "controls", "unseen", "run")
    ]
    assert order == sorted(order)
    words = " ".join(" ".join(real().text).split())
    assert "No. 14 controls fail: 6 critical, 6 high, 2 low." in words


def test_a_fail_shows_proof_population_remedy_and_a_command_without_a_secret():
    posture = realistic()
    text = html.unescape(page(posture))
    for f in posture.findings:
        if f.outcome is Outcome.FAIL and f.controls:
            assert f'id="f-{f.fingerprint}"' in text
            assert f.message in text
            assert f.remediation in text
            assert f.evidence[0].sha256 in text
            assert f'href="{f.evidence[0].path}"' in text
            assert f"examined {f.population}" in text
            assert f.reproduce is None or f.reproduce in text
    assert "$OCPI_TOKEN" in text


def test_a_waiver_stays_visible_with_owner_reason_and_date():
    text = html.unescape(page(realistic()))
    for words in (waiver().owner, waiver().reason, waiver().until):
        assert words in text


def test_what_was_not_looked_at_is_said_with_the_reason():
    text = html.unescape(page(realistic()))
    for entry in realistic().not_looked_at:
        assert entry.reason in text
        assert entry.detail in text


def test_tool_verdicts_outside_the_checklist_are_folded_apart():
    text = page(realistic())
    assert text.index('id="hygiene"') < text.index("CKV_AWS_144")
    assert "hygiene" not in page(posture_of())


def test_a_waiver_out_of_order_is_shown_although_it_belongs_to_no_control():
    lapsed = finding("waivers-in-order", Outcome.FAIL, message="the waiver lapsed on 2026-01-01")
    alone = replace(lapsed, controls=())
    text = page(posture_of(alone))
    assert "the waiver lapsed on 2026-01-01" in text
    assert 'id="order"' in text
    assert "hygiene" not in text


@pytest.mark.parametrize("hostile", STRINGS)
def test_hostile_text_stays_text_wherever_it_stands(hostile):
    proof = EvidenceRef(id=hostile, sha256="0" * 64, path="javascript:alert(1)", title=hostile)
    fields = {"title": hostile, "message": hostile, "remediation": hostile, "source": hostile, "reproduce": hostile}
    subject = ServerSubject(environment=hostile, host=hostile, port=1)
    findings = [
        finding(f"k-{outcome}", outcome, "OCPI-TLS-01", subject=subject, evidence=(proof,), **fields)
        for outcome in Outcome
    ]
    found = outline(posture_of(*findings, environments=(hostile, "other"), id=hostile, versions=((hostile, hostile),)))
    assert found.open == []
    assert {tag for tag, _ in found.elements} <= {tag for tag, _ in real().elements}
    assert not [key for _, attrs in found.elements for key in attrs if key.startswith("on") or key == "style"]
    assert not [target for target in attributes(found, "href") if not target.startswith("#")]
    assert not set("".join(found.text)) & set("\x00\x07\x08\x1b\u202e\u2066\u200b\ufeff\u2028")


@pytest.mark.parametrize(
    "path",
    [
        "javascript:alert(1)",
        "../posture.json",
        "/etc/passwd",
        "evidence/../../x",
        "evidence//x",
        "https://x/y",
        "evidence/.x",
    ],
)
def test_evidence_outside_of_the_run_folder_gets_no_link(path):
    proof = EvidenceRef(id="e", sha256="0" * 64, path=path)
    assert path not in attributes(outline(posture_of(finding(evidence=(proof,)))), "href")


def test_a_message_of_five_megabytes_is_cut_and_said_to_be():
    text = page(posture_of(finding(message=ENDLESS, reproduce=ENDLESS)))
    assert len(text) < 220_000
    assert "(cut: 5,000,000 characters)" in text


def test_a_thousand_findings_fit_into_a_megabyte():
    assert len(render_html(realistic(1000))) <= 1_000_000


def test_twenty_thousand_findings_are_shown_in_part_and_the_rest_is_counted():
    many = [
        finding(
            "ocpi-schema", Outcome.FAIL, "OCPI-INT-01", subject=ServerSubject(environment="demo", host=f"h{n}", port=1)
        )
        for n in range(20_000)
    ]
    text = page(posture_of(*many))
    assert len(text) < 1_000_000
    assert "19750 more subjects of this check are in posture.json" in text


def test_twenty_thousand_findings_of_many_checks_leave_a_page_that_a_browser_opens_at_once():
    hosts = [ServerSubject(environment="demo", host=f"h{n}", port=1) for n in range(200)]
    outcomes = (Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.PASS)
    many = [
        finding(f"ocpi-check-{n}", outcomes[n % 4], "OCPI-INT-01", subject=host) for n in range(100) for host in hosts
    ]
    text = page(posture_of(*many))
    assert len(text) < 4_000_000
    hidden = [int(count) for count in re.findall(r"(\d+) more subjects of this check are in posture.json", text)]
    assert len(hidden) == 100
    assert text.count('<li class="finding"') + sum(hidden) == 20_000


def test_the_same_posture_gives_the_same_bytes():
    assert render_html(realistic(100)) == render_html(realistic(100))


def test_a_clean_run_and_an_empty_run_are_told_apart():
    assert ">Yes.</span>" in page(posture_of(finding(), profile="nobody"))
    assert ">Not proven.</span>" in page(posture_of(profile="nobody"))
    assert ">Not proven.</span>" in page(posture_of(profile="endpoint"))


def test_a_template_in_a_message_is_not_run():
    assert SCRIPTS[5].startswith("{{ 7*7 }}")
    assert "49{%" not in page(posture_of(finding(message=SCRIPTS[5])))


def test_a_way_is_drawn_hop_by_hop_and_read_in_its_order():
    way = ("the internet", "FunctionUrl public", "Function <b>service</b>")
    text = page(posture_of(finding(outcome=Outcome.FAIL, path=way)))
    drawn = text[text.index('<ol class="way"') : text.index("</ol>", text.index('<ol class="way"'))]
    hops = [html.unescape(re.sub("<[^>]+>", "", f"<li{hop}")) for hop in drawn.split("<li")[1:]]
    assert [" ".join(hop.split()) for hop in hops] == list(way)
    assert re.findall(r"#i-(\w+)", drawn) == ["outside", "door", "runs"]
    assert drawn.count('class="arrow"') == 2
    assert '<ol class="way"' not in page(posture_of(finding()))


def test_what_changed_stands_on_the_first_screen_and_each_fail_says_since_when():
    past = with_history(realistic())
    text = page(past)
    first = html.unescape(re.sub(r"\s+", " ", text[text.index('class="since"') : text.index('class="first"')]))
    for words in ("1 new fail<", "1 fixed<", "1 no longer looked at<", "Since run 20260304T050607Z-0000"):
        assert words in first
    assert text.count('<span class="new">1 new</span>') == 1
    assert "open since 1 March 2026" in text
    assert "Fails: 3 to " in text
    assert "2 runs pass, then 1 run not looked at, then 1 run partial, then 1 run " in text
    alone = page(realistic())
    assert "Not known: this page has no earlier run" in alone
    assert "open since" not in alone


def test_who_spoke_is_told_with_those_who_did_not():
    text = page(realistic())
    table = text[text.index('id="witnesses"') : text.index('id="holds"')]
    assert table.count("did not speak") == table.count('class="mute"') > 0
    assert "TLS minimum version" in table
    assert "they disagree" in table


def test_what_a_row_speaks_to_in_standards_is_said_and_can_be_searched():
    posture = posture_of(finding())
    first, *rest = posture.controls
    mapped = replace(first, frameworks=(("csf2", ("PR.DS-02",)), ("cwe", ("CWE-319", "<b>"))))
    text = page(replace(posture, controls=(mapped, *rest)))
    assert "Speaks to NIST CSF 2.0 PR.DS-02;  CWE-319, &lt;b&gt;." in text
    assert text.count("Speaks to") == 1


def test_a_check_leads_to_its_entry_in_the_catalogue_where_one_is_published():
    fails = finding("CKV_OCPI_1", Outcome.FAIL)
    text = page(posture_of(fails, catalogue="https://wiki.example/catalogue.html?v=1&x"))
    assert 'href="https://wiki.example/catalogue.html?v=1&amp;x#ckv_ocpi_1"' in text
    assert ">catalogue</a>" not in page(posture_of(fails))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x.example/#a", "https://x.example/ y", "//x.example"])
def test_no_other_link_than_one_of_the_web_is_read_back(url):
    content = render_json(posture_of(finding(), catalogue=url))
    with pytest.raises(UnreadablePosture):
        read_posture(content)
    sound = posture_of(finding(), catalogue="https://x.example/c")
    assert read_posture(render_json(sound)).run.catalogue == "https://x.example/c"
