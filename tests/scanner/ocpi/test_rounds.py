from scanner.model.facts.ocpi.access import AccessWithoutToken, AccessWithWrongToken
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.subject import InterfaceSubject
from scanner.ocpi.attempts import ORDER
from scanner.ocpi.rounds import Door, in_rounds

MODULES = ("version_details", "cdrs", "locations", "sessions", "tariffs", "tokens")


def door(version, module):
    subject = InterfaceSubject(environment="test", endpoint="main", version=version, module=module)
    return Door(url=f"https://h/{version}/{module}", subjects=(subject,), place=UrlPlace.IN_SCOPE)


DOORS = (door(None, "versions"), *(door(v, m) for v in ("2.1.1", "2.2.1", "2.3.0") for m in MODULES))


def test_every_question_is_put_to_every_door_once():
    asked = list(in_rounds(DOORS))
    assert len(asked) == len(set(asked)) == len(DOORS) * len(ORDER)


def test_the_default_cap_leaves_the_strongest_question_everywhere_and_all_others_in_each_version():
    within = list(in_rounds(DOORS))[:60]
    assert {number for number, kind in within if kind is AccessWithoutToken} == set(range(len(DOORS)))
    assert {number for number, kind in within if kind is AccessWithWrongToken} == set(range(len(DOORS)))
    for kind in ORDER:
        assert {DOORS[number].subjects[0].version for number, k in within if k is kind} == {
            None,
            "2.1.1",
            "2.2.1",
            "2.3.0",
        }
