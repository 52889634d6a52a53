"""The one way in which templates of reports are set up: everything escaped, nothing undefined, text made fit first."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext

from reports.compiled_templates import CompiledTemplates
from reports.text import one_line
from reports.view.answer import plural

TEMPLATES: Final = Path(__file__).parent / "templates"


def jinja_environment(finalize: Callable[[object], object], filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """An environment over `reports/templates`; `finalize` is what every expression goes through before it is escaped.

    Every template has the filters `one_line`, `plural` and `word` beside its own. None is called while a template is
    compiled, nor is `finalize`: what is compiled is kept, and they may be others by then.
    """

    @pass_eval_context
    def shown(_: EvalContext, value: object) -> object:
        return finalize(value)

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        optimized=False,
        bytecode_cache=CompiledTemplates(TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(one_line=one_line, plural=plural, word=_word, **filters)
    return environment


def _word(value: str) -> str:
    """`not_tested` for people."""
    return value.replace("_", " ")
