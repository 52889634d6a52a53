"""One self-contained HTML page: no external request, its style and its one script named by hash in its own policy.

Without script the page is whole; the script searches, filters and opens what a link leads to.
"""

import base64
import hashlib
import re
from functools import cache
from html import escape
from itertools import chain
from typing import Final

from jinja2 import Environment
from markupsafe import Markup

from checks.model.verdict import Outcome
from reports.jinja_environment import TEMPLATES, jinja_environment
from reports.model.control_status import ControlStatus
from reports.model.posture import Posture
from reports.text import visible
from reports.view.access import access_tables
from reports.view.answer import answer, coverage_hint
from reports.view.cause import undecided
from reports.view.change import count_new, new_fails, since, sparks, spells
from reports.view.facets import Marks, facets
from reports.view.frameworks import framework
from reports.view.hops import hops
from reports.view.page import environments, first_steps, glance
from reports.view.problem import about_the_run, hygiene, listed
from reports.view.proof import artefacts
from reports.view.shown import shown_subjects
from reports.view.speakers import met, speakers
from reports.view.unseen import unjudged_rows, unseen, untested
from scanner.model.witness import Witness

PARTS: Final = (  # of report.html.j2
    "macros.html.j2",
    "icons.html.j2",
    "changed.html.j2",
    "answer.html.j2",
    "filter.html.j2",
    "fails.html.j2",
    "controls.html.j2",
    "disagreements.html.j2",
    "holds.html.j2",
    "hygiene.html.j2",
    "witnesses.html.j2",
    "access.html.j2",
    "unseen.html.j2",
    "proof.html.j2",
    "run.html.j2",
)
_EVIDENCE_PATH: Final = re.compile(r"evidence/[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_ACRONYMS: Final = frozenset({"api", "cdr", "hsts", "http", "https", "iam", "kms", "ocpi", "tls", "url", "waf"})
COMMAND_CHARACTERS: Final = 4_000
SHOWN_ARTEFACTS: Final = 2_000


def _shown(value: object) -> object:
    """What every expression of a template goes through: text from a target is made visible, then escaped."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def _command(text: str) -> Markup:
    """A command line for a text node: longer than other text may be, and with its quotes as they are."""
    return Markup(escape(visible(text, COMMAND_CHARACTERS), quote=False))  # noqa: S704


def _evidence_link(path: str) -> str | None:
    """The path if it is a plain one below `evidence/`, else None: a record that was altered gets no link."""
    return path if _EVIDENCE_PATH.fullmatch(path) else None


def _claim(claim: str) -> str:
    """`tls-minimum-version` for people."""
    words = " ".join(word.upper() if word in _ACRONYMS else word for word in claim.replace("_", "-").split("-"))
    return words[:1].upper() + words[1:]


def _who(witness: str) -> str:
    """A witness by its name, as people write it."""
    return "TLS" if witness == Witness.TLS else witness


@cache
def _environment() -> Environment:
    own = {
        "claim": _claim,
        "command": _command,
        "evidence_link": _evidence_link,
        "framework": framework,
        "hops": hops,
        "who": _who,
    }
    return jinja_environment(_shown, own)


@cache
def _own(name: str, comment: str) -> Markup:
    """A file of ours as it stands in the page: without comments and indentation."""
    source = re.sub(comment, "", (TEMPLATES / name).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return Markup("\n".join(line.strip() for line in source.splitlines() if line.strip()))  # noqa: S704 (our own file)


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _policy(style: str, script: str) -> str:
    """Nothing is loaded, nothing but these very bytes runs, and no text becomes markup after the page was made."""
    return (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def load_templates() -> None:
    """Compile what `render_html` renders: a seventh of a second, for whoever waits for a posture anyway."""
    for name in ("report.html.j2", *PARTS):
        _environment().get_template(name)


def render_html(posture: Posture) -> bytes:
    """The report of one run, UTF-8. Links to evidence are relative to the run's folder."""
    style, script = _own("report.css", r"/\*.*?\*/"), _own("report.js", r"^\s*//[^\n]*$")
    groups, proof = listed(posture), artefacts(posture)
    views = environments(posture, chain.from_iterable(groups.values()))
    causes, undecided_alone = undecided(posture)
    limits = shown_subjects(groups)
    page = _environment().get_template("report.html.j2")
    text = page.render(
        posture=posture,
        run=posture.run,
        answer=answer(posture),
        coverage_hint=coverage_hint(posture),
        steps=first_steps(posture),
        statuses=tuple(ControlStatus),
        glance=glance(posture),
        environments=views,
        index={view.name: view.index for view in views},
        fails=groups[Outcome.FAIL],
        waived=groups[Outcome.WAIVED],
        inconclusive=groups[Outcome.INCONCLUSIVE],
        causes=causes,
        undecided=undecided_alone,
        holds=groups[Outcome.PASS],
        unsettled=about_the_run(posture),
        hygiene=hygiene(posture, *Outcome),
        unseen=unseen(posture),
        unjudged=unjudged_rows(posture),
        not_tested=untested(posture, Outcome.NOT_TESTED),
        not_applicable=untested(posture, Outcome.NOT_APPLICABLE),
        access=access_tables(posture),
        facets=facets(posture),
        marks=Marks(posture),
        speakers=speakers(posture),
        met=met(posture),
        since=since(posture),
        sparks=sparks(posture),
        histories=spells(posture),
        news=count_new(groups[Outcome.FAIL], new_fails(posture)),
        opened=posture.trend.since_by_fingerprint if posture.trend else {},
        artefacts=proof,
        numbers={artefact.ref: artefact.number for artefact in proof},
        most_artefacts=SHOWN_ARTEFACTS,
        shown=limits,
        style=style,
        script=script,
        policy=_policy(f"\n{style}\n", f"\n{script}\n"),
    )
    return text.encode("utf-8")
