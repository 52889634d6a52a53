"""PDF for people who sign: cover, one page for those who decide, controls, findings, evidence with hashes, signatures.

Made by WeasyPrint, an optional dependency (`pip install ocpi-posture[pdf]`). Nothing is fetched while it is made: every
URL is refused. The same posture gives the same bytes with the same WeasyPrint.
"""

import hashlib
import re
from functools import cache
from itertools import chain
from typing import Final, NoReturn

from jinja2 import Environment
from markupsafe import Markup, escape

from checks.model.verdict import Outcome
from reports.jinja_environment import TEMPLATES, jinja_environment
from reports.json_document import render_json
from reports.model.control_status import ControlStatus
from reports.model.posture import Posture
from reports.text import one_line, visible
from reports.view.answer import answer, coverage_hint
from reports.view.cause import undecided
from reports.view.left_behind import left_behind
from reports.view.page import environments, first_steps
from reports.view.problem import about_the_run, hygiene, listed
from reports.view.proof import artefacts
from reports.view.unseen import unjudged_rows, unseen

# What is not shown is counted; posture.json holds all, and its hash is in the document. Each line takes some 3 ms.
_MOST_LINES: Final = 600  # of findings in the document
_MOST_SUBJECTS: Final = 40  # of one question
_FEWEST_SUBJECTS: Final = 3
_SHOWN_ARTEFACTS: Final = 1_500
# A word without any place to break would run off the page.
_LONG_WORD: Final = re.compile(r"\S{40,}")
_BREAK: Final = "\u200b"


class PdfUnavailable(RuntimeError):
    """WeasyPrint, or a library that it needs, is not installed; the message says what to do."""


def _shown(value: object) -> object:
    """What every expression of the template goes through, before it is escaped."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return _LONG_WORD.sub(_breakable, visible(value))
    return value


def _breakable(word: re.Match[str]) -> str:
    text = word[0]
    return _BREAK.join(text[start : start + 20] for start in range(0, len(text), 20))


def _digest(value: str) -> Markup:
    """Hexadecimal in one piece, so that it can be copied."""
    return Markup(escape(one_line(value, 128)))  # noqa: S704 - escaped in the same breath


@cache
def _environment() -> Environment:
    return jinja_environment(_shown, {"digest": _digest})


def _nothing_is_fetched(url: str, *_arguments: object, **_named: object) -> NoReturn:
    raise ValueError(f"a report fetches nothing: {url[:80]}")


def pages(posture: Posture) -> str:
    """The document as HTML, the form in which WeasyPrint takes it."""
    proof = artefacts(posture)
    groups = listed(posture)
    fails, waived = groups[Outcome.FAIL], groups[Outcome.WAIVED]
    causes, inconclusive = undecided(posture)
    template = _environment().get_template("pdf.html.j2")
    return template.render(
        posture=posture,
        run=posture.run,
        record_sha256=hashlib.sha256(render_json(posture)).hexdigest(),
        answer=answer(posture),
        coverage_hint=coverage_hint(posture),
        steps=first_steps(posture),
        statuses=tuple(ControlStatus),
        environments=environments(posture, chain.from_iterable(groups.values())),
        fails=fails,
        waived=waived,
        causes=causes,
        inconclusive=inconclusive,
        unsettled=about_the_run(posture),
        hygiene=hygiene(posture, Outcome.FAIL),
        unseen=unseen(posture),
        unjudged=unjudged_rows(posture),
        left_behind=tuple(left_behind(posture.run.left_behind)),
        artefacts=proof,
        numbers={artefact.ref: artefact.number for artefact in proof},
        shown_subjects=_subjects_of_each(len(fails) + len(waived) + len(inconclusive)),
        shown_artefacts=_SHOWN_ARTEFACTS,
        style=(TEMPLATES / "pdf.css").read_text(encoding="utf-8"),
    )


def _subjects_of_each(questions: int) -> int:
    """How many findings of one question are shown, so that all of them together stay readable."""
    return max(_FEWEST_SUBJECTS, min(_MOST_SUBJECTS, _MOST_LINES // max(questions, 1)))


def render_pdf(posture: Posture) -> bytes:
    """The document.

    Raises: PdfUnavailable.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415 - optional, and half a second to load
    except (ImportError, OSError) as error:
        raise PdfUnavailable(
            f"PDF needs WeasyPrint and Pango ({error}): pip install 'ocpi-posture[pdf]', and the system's libpango"
        ) from error
    document = HTML(string=pages(posture), base_url=None, url_fetcher=_nothing_is_fetched)
    content: bytes = document.write_pdf(pdf_identifier=posture.run.id.encode(), pdf_variant="pdf/ua-1")
    return content
