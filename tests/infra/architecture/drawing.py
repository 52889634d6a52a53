"""The picture as SVG: one file without scripts or foreign fonts, for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from tests.infra.architecture import program
from tests.infra.architecture.layout import FUNCTIONS, WIDTH, Arrow, Box, Frame, Layout
from tests.infra.recorded_program import Recorded

LINE = 18  # pixels
STYLE = """
text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:#1f2937}
.page{fill:#fff}.head{font-size:20px;font-weight:650}.sub,.fact{fill:#4b5563}.title{font-weight:650;font-size:14px}
.frame{fill:none;stroke:#94a3b8;stroke-dasharray:5 4;rx:12}.frame0{fill:#f8fafc;stroke-dasharray:none}
.frame-title{font-size:12px;fill:#64748b;font-weight:600}.label{font-size:12px;fill:#64748b}
.box{rx:10;stroke-width:1.5}.bar{rx:3}
.arrow{fill:none;stroke:#475569;stroke-width:1.6;marker-end:url(#tip)}.tip{fill:#475569}
.outside .box{fill:#f1f5f9;stroke:#94a3b8}.outside .bar{fill:#64748b}
.edge .box{fill:#fff7ed;stroke:#fdba74}.edge .bar{fill:#ea580c}
.run .box{fill:#f5f3ff;stroke:#c4b5fd}.run .bar{fill:#7c3aed}
.data .box{fill:#eff6ff;stroke:#93c5fd}.data .bar{fill:#2563eb}
.watch .box{fill:#f0fdf4;stroke:#86efac}.watch .bar{fill:#16a34a}
@media (prefers-color-scheme:dark){
text{fill:#e5e7eb}.page{fill:#0d1117}.sub,.fact{fill:#aab4c3}.frame{stroke:#475569}.frame0{fill:#131a24}
.frame-title,.label{fill:#94a3b8}.arrow{stroke:#94a3b8}.tip{fill:#94a3b8}
.outside .box{fill:#1e293b;stroke:#475569}.edge .box{fill:#2b1a0d;stroke:#9a4a12}.run .box{fill:#211a3a;stroke:#5b3fb0}
.data .box{fill:#10213d;stroke:#2c56a8}.watch .box{fill:#0f2818;stroke:#1f7a3d}}
"""


def draw(stack: Recorded, layout: Layout = FUNCTIONS) -> str:
    """The environment that was recorded. A component that has no place in the layout is named in the last box."""
    inside = program.components(stack)
    homeless = sorted(set(inside) - {name for box in layout.boxes for name in box.of})
    boxes = [*layout.boxes, *_further(homeless, layout)]
    resources = sum(1 for one in stack.registrations if one["type"].startswith("aws:"))
    body = [
        *_frames(stack, layout),
        *(_arrow(arrow) for arrow in layout.arrows if _is_so(stack, arrow)),
        *(_box(stack, box, sum(inside.get(name, 0) for name in box.of)) for box in boxes),
    ]
    return "\n".join([*_head(resources, layout), *body, "</svg>", ""])


def _further(components: Sequence[str], layout: Layout) -> list[Box]:
    named = Box(title=", ".join(components), kind="watch", at=layout.further, of=tuple(components))
    return [named] if components else []


def _head(resources: int, layout: Layout) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {layout.height}" role="img" '
        f'aria-label="Architecture of an environment: {resources} resources">'
    )
    yield f"<style>{STYLE}</style>"
    yield (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>'
    )
    yield f'<rect class="page" width="{WIDTH}" height="{layout.height}"/>'
    yield _text(20, 40, "head", layout.title)
    yield _text(
        20, 62, "sub", f"Drawn from the Pulumi program: {resources} resources; the number in a corner is its share"
    )


def _frames(stack: Recorded, layout: Layout) -> Iterator[str]:
    for number, frame in enumerate(layout.frames):
        x, y, width, height = frame.at
        yield f'<rect class="frame frame{number}" x="{x}" y="{y}" width="{width}" height="{height}" rx="12"/>'
        yield _text(x + 14, y + 22, "frame-title", _title(stack, frame))


def _title(stack: Recorded, frame: Frame) -> str:
    return " ".join([frame.title, *(frame.facts(stack) if frame.facts else ())])


def _box(stack: Recorded, box: Box, number: int) -> str:
    x, y, width, height = box.at
    facts = box.facts(stack) if box.facts else ()
    top = y + (height - LINE * len(facts)) // 2 + 4
    lines = [_text(x + 18, top, "title", box.title)]
    lines += [_text(x + 18, top + LINE * n, "fact", fact) for n, fact in enumerate(facts, start=1)]
    share = f'<text class="label" x="{x + width - 10}" y="{y + 18}" text-anchor="end">{number}</text>' if number else ""
    return (
        f'<g class="{box.kind}"><rect class="box" x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/>'
        f'<rect class="bar" x="{x + 6}" y="{y + 10}" width="4" height="{height - 20}" rx="2"/>'
        f"{''.join(lines)}{share}</g>"
    )


def _is_so(stack: Recorded, arrow: Arrow) -> bool:
    kind, name = arrow.by
    return any(name in ("", one["name"]) for one in stack.all(kind))


def _arrow(arrow: Arrow) -> str:
    path = " ".join(f"{x} {y}" for x, y in arrow.points)
    label = _text(*arrow.label_at, "label", arrow.label) if arrow.label else ""
    return f'<path class="arrow" d="M{path}"/>{label}'


def _text(x: int, y: int, kind: str, text: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'
