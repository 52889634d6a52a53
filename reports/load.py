"""The curves of the stress lab: one self-contained page without script; every number stands in a table, too."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from reports.jinja_environment import TEMPLATES, jinja_environment
from reports.model.posture import Posture
from reports.model.recorded_load import RecordedLoad
from reports.text import visible
from reports.view.load import HEIGHT, WIDTH, drawing, headline, rows


def render_load(posture: Posture, loads: Iterable[RecordedLoad]) -> bytes:
    """The page of one run, UTF-8; the same run gives the same bytes."""
    style = Markup("".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("report.css", "load.css")))  # noqa: S704 (our own files)
    text = (
        _environment()
        .get_template("load.html.j2")
        .render(
            posture=posture,
            run=posture.run,
            loads=[_shown_load(one) for one in _ordered(loads)],
            width=WIDTH,
            height=HEIGHT,
            style=style,
            policy=_policy(f"\n{style}\n"),
        )
    )
    return text.encode("utf-8")


def _ordered(loads: Iterable[RecordedLoad]) -> list[RecordedLoad]:
    return sorted(loads, key=lambda one: (one.environment, one.endpoint, one.ref.title or "", one.ref.id))


def _shown_load(one: RecordedLoad) -> Mapping[str, Any]:
    seen = one.seen
    return {
        "environment": one.environment,
        "endpoint": one.endpoint,
        "seen": seen,
        "why": one.why,
        "findings": sorted(one.findings, key=lambda finding: finding.check),
        "headline": headline(seen) if seen else "",
        "drawing": drawing(seen.curve) if seen else None,
        "rows": rows(seen) if seen else (),
    }


@cache
def _environment() -> Environment:
    return jinja_environment(_shown, {})


def _shown(value: object) -> object:
    """Text from a target is made visible, then escaped."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
