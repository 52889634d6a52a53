import copy
import hashlib
import os
import re
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from datetime import datetime
from itertools import islice

import pytest

from scanner.model.ocpi.mutation.catalogue import COUNT, RULES
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Tell, tell
from scanner.model.ocpi.mutation.mutants import mutant_by_id, mutants
from scanner.model.ocpi.rules.judge import broken_rules
from scanner.model.ocpi.validator import validate
from tests.scanner.model.ocpi.mutation.specimens import MESSAGES, NOW, SEED, decoded, made, valid

COUNTS = {  # all, must refuse, must not change, may either, poisonous; of the builder's full objects
    ("2.1.1", "Credentials"): (597, 298, 30, 269, 34),
    ("2.1.1", "CDR"): (6068, 3184, 67, 2817, 458),
    ("2.1.1", "Location"): (5577, 2921, 58, 2598, 342),
    ("2.1.1", "Session"): (5072, 2668, 58, 2346, 349),
    ("2.1.1", "Tariff"): (1500, 776, 39, 685, 198),
    ("2.1.1", "Token"): (465, 202, 26, 237, 22),
    ("2.1.1", "StartSession"): (653, 281, 23, 349, 27),
    ("2.1.1", "ReserveNow"): (723, 324, 23, 376, 41),
    ("2.1.1", "CommandResponse"): (87, 43, 23, 21, 6),
    ("2.1.1", "VersionDetails"): (224, 122, 24, 78, 10),
    ("2.2.1", "Credentials"): (632, 368, 26, 238, 34),
    ("2.2.1", "CDR"): (4681, 2480, 58, 2143, 456),
    ("2.2.1", "ClientInfo"): (220, 155, 28, 37, 16),
    ("2.2.1", "Location"): (6112, 3392, 63, 2657, 374),
    ("2.2.1", "Session"): (1507, 905, 37, 565, 122),
    ("2.2.1", "Tariff"): (1813, 987, 44, 782, 283),
    ("2.2.1", "Token"): (774, 398, 31, 345, 32),
    ("2.2.1", "StartSession"): (1095, 573, 24, 498, 41),
    ("2.2.1", "ReserveNow"): (1137, 603, 24, 510, 46),
    ("2.2.1", "CommandResult"): (218, 107, 24, 87, 10),
    ("2.2.1", "SetChargingProfile"): (388, 209, 26, 153, 70),
    ("2.2.1", "ActiveChargingProfileResult"): (406, 228, 27, 151, 73),
    ("2.2.1", "CommandResponse"): (248, 122, 24, 102, 19),
    ("2.2.1", "VersionDetails"): (253, 148, 24, 81, 10),
    ("2.3.0", "Credentials"): (666, 396, 26, 244, 36),
    ("2.3.0", "CDR"): (5764, 2879, 64, 2821, 540),
    ("2.3.0", "ClientInfo"): (220, 155, 28, 37, 16),
    ("2.3.0", "InvoiceReconciliationRecord"): (468, 287, 31, 150, 24),
    ("2.3.0", "Location"): (7308, 3925, 67, 3316, 478),
    ("2.3.0", "Session"): (1684, 967, 38, 679, 136),
    ("2.3.0", "Tariff"): (1825, 993, 44, 788, 283),
    ("2.3.0", "Token"): (772, 393, 31, 348, 32),
    ("2.3.0", "StartSession"): (1093, 568, 24, 501, 41),
    ("2.3.0", "ReserveNow"): (1135, 598, 24, 513, 46),
    ("2.3.0", "CommandResult"): (218, 107, 24, 87, 10),
    ("2.3.0", "SetChargingProfile"): (388, 209, 26, 153, 70),
    ("2.3.0", "ActiveChargingProfileResult"): (406, 228, 27, 151, 73),
    ("2.3.0", "CommandResponse"): (248, 122, 24, 102, 19),
    ("2.3.0", "VersionDetails"): (253, 148, 24, 81, 10),
}


@pytest.mark.parametrize("version, name", MESSAGES)
def test_as_many_mutants_are_made_as_were_reviewed(version, name):
    found = made(version, name)
    kinds = Counter(mutant.expectation for mutant in found)
    counted = (len(found), *(kinds[kind] for kind in Expectation), sum(mutant.poisons for mutant in found))
    assert counted == COUNTS[version, name]


@pytest.mark.parametrize("version, name", MESSAGES)
def test_every_mutant_has_an_id_of_its_own_and_differs_from_the_valid_message(version, name):
    ids = set()
    whole = made(version, name, Family.CONTENT_TYPE)[0].body
    for mutant in made(version, name):
        assert mutant.id == f"{mutant.family}:{mutant.pointer}#{mutant.rule}"
        assert mutant.body != whole or mutant.content_type != "application/json"
        ids.add(mutant.id)
    assert len(ids) == COUNTS[version, name][0]


@pytest.mark.parametrize("version, name", MESSAGES)
def test_what_must_be_refused_is_refused_by_types_or_rules_and_never_allowed_by_both(version, name):
    wrong = []
    for mutant in made(version, name):
        if mutant.expectation is not Expectation.MUST_REFUSE or mutant.family is Family.CONTENT_TYPE:
            continue
        try:
            value = decoded(mutant.body)
        except (ValueError, RecursionError):
            continue  # no JSON, or a list that is too deep for this parser
        if mutant.family is Family.CONTRADICTION:
            broken = {found.rule for found in broken_rules(version, name, value, now=NOW)}
            if mutant.rule not in broken:
                wrong.append(mutant.id)
        elif not any(True for _ in validate(version, name, value)):
            wrong.append(mutant.id)
    assert wrong == []


@pytest.mark.parametrize("version, name", MESSAGES)
def test_a_contradiction_keeps_every_type_and_breaks_the_rule_it_is_named_after(version, name):
    for mutant in made(version, name, Family.CONTRADICTION):
        value = decoded(mutant.body)
        assert list(validate(version, name, value)) == [], mutant.id
        assert mutant.rule in {found.rule for found in broken_rules(version, name, value, now=NOW)}, mutant.id


@pytest.mark.parametrize("version, name", MESSAGES)
def test_surplus_and_protected_fields_break_no_type(version, name):
    for mutant in made(version, name, Family.SURPLUS, Family.PROTECTED):
        assert list(validate(version, name, decoded(mutant.body))) == [], mutant.id


@pytest.mark.parametrize("version, name", MESSAGES)
def test_where_json_is_demanded_to_be_broken_no_strict_parser_reads_an_object_of_the_class(version, name):
    for mutant in made(version, name, Family.FRAMING):
        if mutant.expectation is Expectation.MUST_REFUSE:
            try:
                value = decoded(mutant.body)
            except ValueError:
                continue
            assert list(validate(version, name, value)), mutant.id


def test_the_valid_object_is_left_as_it_was():
    before = copy.deepcopy(valid("2.3.0", "Location"))
    made("2.3.0", "Location")
    assert valid("2.3.0", "Location") == before


def test_poison_comes_last():
    poisons = [mutant.poisons for mutant in made("2.2.1", "CDR")]
    assert poisons == sorted(poisons)
    assert poisons[0] is False
    assert poisons[-1] is True


def test_every_rule_is_used_by_some_message_and_says_where_it_is_written():
    assert len(RULES) == COUNT
    used = {(mutant.family, mutant.rule) for version, name in MESSAGES for mutant in made(version, name)}
    assert used == set(RULES)
    for rule in RULES.values():
        assert rule.source.section, rule.name
        assert rule.source.because, rule.name
        assert re.fullmatch(r"[a-z0-9-]+", rule.name)


def _digest(found):
    return hashlib.sha256(b"".join(mutant.id.encode() + b"\n" + mutant.body for mutant in found)).hexdigest()


def test_another_process_makes_the_same_bytes():
    script = (
        "from tests.scanner.model.ocpi.mutation.test_mutants import _digest, made;print(_digest(made('2.3.0', 'CDR')))"
    )
    digests = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        ran = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, check=True, text=True
        )
        digests.add(ran.stdout.strip())
    assert digests == {_digest(made("2.3.0", "CDR"))}


def test_another_seed_changes_marks_and_no_id():
    one, two = made("2.2.1", "Token"), made("2.2.1", "Token", seed="other")
    assert [mutant.id for mutant in one] == [mutant.id for mutant in two]
    assert [mutant.body for mutant in one] != [mutant.body for mutant in two]


def test_only_the_families_asked_for_are_made():
    assert {mutant.family for mutant in made("2.2.1", "Token", Family.DATE, Family.NESTING)} == {
        Family.DATE,
        Family.NESTING,
    }


def test_any_mutant_is_made_again_from_its_id():
    whole = valid("2.2.1", "Token")
    for mutant in made("2.2.1", "Token")[::37]:
        again = mutant_by_id("2.2.1", "Token", whole, seed=SEED, now=NOW, id=mutant.id, largest=10_000)
        assert again == mutant


@pytest.mark.parametrize("id", ["", "date:/nowhere#epoch", "no-family:/uid#missing", "missing:/uid#epoch"])
def test_an_id_that_names_no_mutant_is_an_error(id):
    with pytest.raises(KeyError):
        mutant_by_id("2.2.1", "Token", valid("2.2.1", "Token"), seed=SEED, now=NOW, id=id)


def test_null_empty_and_absent_are_three_messages():
    found = {mutant.id: decoded(mutant.body) for mutant in made("2.2.1", "CDR", Family.ABSENCE, Family.MISSING)}
    assert "remark" not in found["absence:/remark#absent"]
    assert found["absence:/remark#null-optional"]["remark"] is None
    assert found["absence:/remark#empty-string"]["remark"] == ""
    assert "currency" not in found["missing:/currency#missing"]
    assert found["absence:/currency#null-required"]["currency"] is None


def test_a_property_that_is_absent_is_put_in_wrongly():
    bare = {key: value for key, value in valid("2.2.1", "Token").items() if key != "visual_number"}
    found = {mutant.id: mutant for mutant in mutants("2.2.1", "Token", bare, seed=SEED, now=NOW)}
    assert decoded(found["wrong-type:/visual_number#number-for-string"].body)["visual_number"] == 7
    assert "absence:/visual_number#absent" not in found


def test_an_expectation_follows_the_version():
    kind = "content-type:#as-xml"
    expected = {
        version: next(mutant for mutant in made(version, "Token") if mutant.id == kind).expectation
        for version in ("2.1.1", "2.2.1")
    }
    assert expected == {"2.1.1": Expectation.MAY_EITHER, "2.2.1": Expectation.MUST_REFUSE}


def test_reports_group_by_path_and_rule():
    mutant = next(one for one in made("2.2.1", "Location") if one.pointer == "/evses/0/connectors/0/max_voltage")
    assert tell(mutant) == Tell("/evses/*/connectors/*/max_voltage", mutant.rule)
    assert mutant.says.startswith("`/evses/0/connectors/0/max_voltage` is ")


@pytest.mark.parametrize("version, name", MESSAGES)
def test_no_name_in_a_marker_can_be_resolved(version, name):
    hosts = re.compile(rb"[a-z]+://(?:[^/@\"\s]*@)?([^/\"\s:?#}]*)")
    known = set(hosts.findall(made(version, name, Family.CONTENT_TYPE)[0].body))  # the builder's own
    for mutant in made(version, name, Family.INJECTION, Family.URL, Family.LENGTH):
        for host in set(hosts.findall(mutant.body)) - known:
            assert host in {b"", b"invalid.example"} or host.endswith((b".invalid", b".invalid.example")), mutant.id


def test_a_clock_without_zone_is_an_error():
    with pytest.raises(ValueError, match="aware"):
        next(mutants("2.2.1", "Token", valid("2.2.1", "Token"), seed=SEED, now=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_no_string_is_larger_than_asked_for():
    longest = max(len(mutant.body) for mutant in made("2.2.1", "Token", Family.NESTING))
    assert longest < 200_000
    huge = mutant_by_id(
        "2.2.1",
        "Token",
        valid("2.2.1", "Token"),
        seed=SEED,
        now=NOW,
        id="nesting:/posture_unknown#huge-string",
        largest=500_000,
    )
    assert 500_000 < len(huge.body) < 501_000


def _endless():
    for number in range(1_000):
        yield from mutants("2.2.1", "CDR", valid("2.2.1", "CDR"), seed=str(number), now=NOW, largest=10_000)


def test_fifty_thousand_mutants_fit_into_little_memory():
    tracemalloc.start()
    made_now = sum(1 for _ in islice(_endless(), 50_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made_now == 50_000
    assert peak < 8_000_000  # bytes


def test_twenty_thousand_mutants_of_a_cdr_take_less_than_a_second():
    def seconds():
        started = time.process_time()
        for _ in islice(_endless(), 20_000):
            pass
        return time.process_time() - started

    assert min(seconds() for _ in range(3)) < 1
