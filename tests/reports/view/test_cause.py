from checks.model.verdict import Outcome
from reports.html import render_html
from reports.terminal import render_terminal
from reports.view.cause import undecided
from tests.reports.sample_posture import finding, interface, posture_of

REFUSED = "connection refused: Connect call failed ('192.0.2.1', 443)"
NO_TLS = "unreachable: no TLS connection to 192.0.2.1:443 came up: the server ended it"


def is_open(check, message, module="cdrs"):
    return finding(check, Outcome.INCONCLUSIVE, subject=interface(module), message=message)


def one_dead_host():
    return posture_of(
        is_open("empty", f"stopped: GET with an empty token was not asked for: {REFUSED} (GET https://192.0.2.1/v)"),
        is_open("wrong", f"unreachable: GET with a wrong token: {REFUSED}"),
        is_open("none", f"unreachable: GET with no token: {REFUSED}"),
        *(is_open(f"tls-{n}", NO_TLS) for n in range(4)),
        is_open("alone", "unparsable: the page ends in the middle of an object"),
    )


def test_checks_that_a_dead_host_leaves_open_are_one_entry_with_one_cause():
    causes, others = undecided(one_dead_host())
    assert [(cause.why, cause.findings) for cause in causes] == [((NO_TLS,), 4), ((REFUSED,), 3)]
    assert [entry.check for entry in others] == ["alone"]


def test_two_hosts_that_do_not_answer_stay_two_causes_of_the_same_checks():
    other = NO_TLS.replace(".1:", ".2:")
    both = [is_open(f"tls-{n}", why, module) for n in range(3) for why, module in ((NO_TLS, "cdrs"), (other, "tokens"))]
    (cause,), others = undecided(posture_of(*both))
    assert (cause.why, cause.findings, len(cause.problems), others) == ((NO_TLS, other), 6, 3, ())


def test_a_short_ending_that_many_share_explains_nothing():
    posture = posture_of(*(is_open(f"k{n}", f"unparsable: list {n} of the platform: HTTP 404") for n in range(5)))
    assert undecided(posture)[0] == ()


def test_the_terminal_says_the_cause_once_and_names_every_check():
    text = " ".join(render_terminal(one_dead_host()).split())
    assert f"4 findings of 4 checks, one cause: {NO_TLS} tls-0, tls-1, tls-2, tls-3" in text
    assert text.count(NO_TLS) == 1
    assert "Not decided (8 checks)" in text


def test_the_page_folds_the_checks_below_their_cause_and_keeps_each_finding():
    posture = one_dead_host()
    page = render_html(posture).decode()
    assert "3 findings of 3 checks, one cause:" in page
    assert all(page.count(f'id="f-{one.fingerprint}"') == 1 for one in posture.findings)
