"""Each fault of how a token is known again changes the answers that its name speaks of, and no other."""

import time
from collections.abc import Iterable
from http import HTTPStatus

import pytest

from infra.service.faults import token_matching
from tests.infra.service.token_questions import Answer, asked, bearing, token_questions
from tests.targets.reference_service import RunningService, running_service

LET_IN: Answer = (HTTPStatus.OK, "")
# What is answered with the list only where there is the fault.
OPENED = {
    "token-prefix-match": {"more behind the token", "line end"},
    "token-case-ignored": {"other case"},
    "token-whitespace-stripped": {"line end"},
    "both-encodings-accepted": {"raw"},
    "first-of-two-headers-taken": {"right and wrong header"},
    "scheme-ignored": {"no scheme", "basic"},
    "token-in-cookie-accepted": {"cookie"},
    "connection-bound-authentication": {"none, behind the right one"},
    "default-token-left-in": {"of the installation"},
    "claimed-party-ignored": {"another's party"},
}
# What is answered in another way, and with which status.
OTHERWISE = {
    "telling-token-refusal": dict.fromkeys(
        ("nearly right", "more behind the token", "line end"), HTTPStatus.UNAUTHORIZED
    ),
    "no-lock-out": {"after many wrong ones": HTTPStatus.UNAUTHORIZED},
    "repeated-message-crashes": {"repeated message": HTTPStatus.INTERNAL_SERVER_ERROR},
}
TIMED = {"slow-token-compare"}


@pytest.fixture(scope="module")
def correct() -> dict[str, Answer]:
    with running_service() as service:
        return token_questions(service)


def test_every_fault_of_tokens_is_tested():
    assert {*OPENED, *OTHERWISE, *TIMED} == {fault.name for fault in token_matching.FAULTS}


def test_the_correct_service_takes_the_token_in_one_form_only(correct):
    assert {name for name, answer in correct.items() if answer == LET_IN} == {"right", "repeated message"}
    assert correct["after many wrong ones"][0] == HTTPStatus.TOO_MANY_REQUESTS
    assert correct["nearly right"] == correct["wrong"]


@pytest.mark.parametrize("name", OPENED)
def test_a_fault_opens_the_list_to_exactly_these_requests(name, correct):
    with running_service([name]) as service:
        answers = token_questions(service)
    assert answers == correct | dict.fromkeys(OPENED[name], LET_IN)


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_fault_answers_exactly_these_requests_otherwise(name, correct):
    with running_service([name]) as service:
        answers = token_questions(service)
    changed = {question: answer[0] for question, answer in answers.items() if answer != correct[question]}
    assert changed == OTHERWISE[name]


def shortest_s(service: RunningService, token: str, times: Iterable[int] = range(5)) -> float:
    spent = []
    for _ in times:
        before = time.perf_counter()
        asked(service, bearing(token))
        spent.append(time.perf_counter() - before)
    return min(spent)


def test_slow_comparison_takes_longer_the_more_of_a_token_is_right_and_answers_the_same(correct):
    with running_service(["slow-token-compare"]) as service:
        token = service.tokens["emsp-a"]
        asked(service, bearing(token))
        slowly, quickly = shortest_s(service, token + "x"), shortest_s(service, "x" + token)
        answers = token_questions(service)
    assert answers == correct
    assert slowly > quickly
    assert slowly >= len(token) * 0.0005
