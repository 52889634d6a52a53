from reports.html import render_html
from reports.model.posture import NotLookedAt
from reports.terminal import render_terminal
from reports.view.unseen import unseen
from scanner.model.observation import Reason
from scanner.model.witness import Witness
from tests.reports.sample_posture import posture_of

WHY = "what is left of max_refusals (60) is kept for other tokens"


def not_seen(detail, *subjects, environment="test", reason=Reason.BUDGET_EXHAUSTED):
    return NotLookedAt(
        environment=environment, witness=Witness.PROTOCOL, fact="FormsTried", reason=reason, detail=detail,
        count=len(subjects), subjects=subjects,
    )  # fmt: skip


def told(*entries):
    (group,) = unseen(posture_of(not_looked_at=entries))
    return [(why.detail, why.count, why.environments) for why in group.causes]


def test_what_ends_alike_is_told_once_with_everything_that_was_not_seen_because_of_it():
    entries = [not_seen(f"{module} was not asked for: {WHY}", module) for module in ("cdrs", "tokens", "tariffs")]
    assert told(*entries, not_seen("cut off after 60 s", "cdrs")) == [
        (WHY, 3, ("test",)),
        ("cut off after 60 s", 1, ("test",)),
    ]


def test_two_that_end_alike_keep_their_own_words():
    entries = [not_seen(f"{module} was not asked for: {WHY}", module) for module in ("cdrs", "tokens")]
    assert [detail for detail, _, _ in told(*entries)] == [entry.detail for entry in entries]


def test_the_same_in_two_environments_is_one_cause_that_names_both():
    assert told(*(not_seen(WHY, "cdrs", environment=name) for name in ("test", "prod"))) == [(WHY, 2, ("prod", "test"))]


def test_a_colon_inside_of_a_quotation_parts_nothing():
    details = [f"{what} need `allow: [registration]`" for what in ("registrations", "commands", "invitations")]
    entries = [not_seen(detail, "main", reason=Reason.NOT_PERMITTED) for detail in details]
    assert [detail for detail, _, _ in told(*entries)] == details


def test_terminal_and_page_say_the_cause_once():
    entries = [not_seen(f"{module} was not asked for: {WHY}", module) for module in ("cdrs", "tokens", "tariffs")]
    posture = posture_of(not_looked_at=tuple(entries))
    text = render_terminal(posture, width=200)
    assert text.count(WHY) == 1
    assert f"{WHY} (3 subjects)" in text
    page = render_html(posture).decode()
    assert page.count(WHY) == 1
    assert "cdrs, tokens, tariffs" in page
