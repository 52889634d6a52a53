"""Markers of injection: they show by an echo or an error that text is taken for code, and do nothing by themselves.

No marker changes data or runs a command with an effect, and every host name in them is one that cannot exist
(RFC 2606). `%TAG%` becomes digits made from the seed, so that an echo is recognised as ours.
"""

from collections.abc import Iterator
from typing import Final

from scanner.model.ocpi.mutation.circumstances import Change, Circumstances
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Rule, Source
from scanner.model.ocpi.mutation.place import Place, Shape
from scanner.model.ocpi.mutation.template import encoded

_PLAIN: Final = Source("types, string and CiString", "printable text is allowed, whatever it means to somebody else")
_CONTROL: Final = Source("types, string and CiString", "carriage returns and line breaks are not printable")
_MARKUP: Final = Source("types, DisplayText", "no markup is allowed in the text; whom that binds is not said")
_TYPES: Final = Source("types; object tables of the modules", "an object is no string")
_EITHER: Final = Expectation.MAY_EITHER
_REFUSE: Final = Expectation.MUST_REFUSE


def _row(
    name: str, says: str, text: str, expectation: Expectation = _EITHER, source: Source = _PLAIN
) -> tuple[Rule, str]:
    rule = Rule(name=name, family=Family.INJECTION, expectation=expectation, source=source, says=f"is {says}")
    return rule, text


_ROWS: Final = (
    _row("sql-quote", "an SQL quote marker", "%TAG%' OR '1'='1"),
    _row("sql-comment", "an SQL comment marker", "%TAG%'--"),
    _row("sql-double-quote", "an SQL double-quote marker", '%TAG%" OR ""="'),
    _row("nosql-script", "a NoSQL script marker", "%TAG%' && '1'=='1"),
    _row("ldap-filter", "an LDAP filter marker", "%TAG%*)(uid=*"),
    _row("xpath", "an XPath marker", "%TAG%'] | //*['"),
    _row("template-braces", "a template marker", "%TAG%{{7*7}}"),
    _row("template-dollar", "an expression marker", "%TAG%${7*7}"),
    _row("template-hash", "an expression marker with a hash", "%TAG%#{7*7}"),
    _row("path-traversal", "a path traversal", "../../../../%TAG%"),
    _row("path-traversal-encoded", "an encoded path traversal", "..%2f..%2f%TAG%"),
    _row("path-traversal-backslash", "a path traversal with backslashes", "..\\..\\%TAG%"),
    _row("script-tag", "a script tag", "<script>/*%TAG%*/</script>", source=_MARKUP),
    _row("image-tag", "an image tag", "<img src=x id=%TAG%>", source=_MARKUP),
    _row("attribute-break", "a break out of an attribute", '"><i id=%TAG%>', source=_MARKUP),
    _row("lookup", "a logging lookup", "${jndi:ldap://%TAG%.invalid.example}"),
    _row("lookup-nested", "a nested logging lookup", "${${lower:%TAG%}}"),
    _row("formula", "a spreadsheet formula", "=1+1+%NUM%"),
    _row("formula-at", "a spreadsheet formula after an at sign", "@SUM(1,%NUM%)"),
    _row("shell-substitution", "a shell substitution", "$(echo %TAG%)"),
    _row("shell-backquotes", "a shell command in backquotes", "`echo %TAG%`"),
    _row("shell-separator", "a shell separator", "%TAG%;echo %TAG%"),
    _row("format-string", "a format string", "%TAG%%s%s%d"),
    _row("external-entity", "an XML entity", '<!ENTITY a SYSTEM "file:///%TAG%.invalid">'),
    _row("url-parameter", "a query parameter", "%TAG%&limit=0"),
    _row("url-fragment", "a fragment and a query", "%TAG%#?a=b"),
    _row("header-line", "a header line", "%TAG%\r\nX-Marker: %TAG%", _REFUSE, _CONTROL),
    _row("log-line", "a forged log line", "%TAG%\nlevel=info", _REFUSE, _CONTROL),
)
_OPERATOR: Final = Rule(
    name="nosql-operator",
    family=Family.INJECTION,
    expectation=_REFUSE,
    source=_TYPES,
    says="is a NoSQL operator",
)
_PATTERN: Final = Rule(
    name="nosql-regex",
    family=Family.INJECTION,
    expectation=_REFUSE,
    source=_TYPES,
    says="is a NoSQL regular expression",
)
RULES: Final = (*(rule for rule, _ in _ROWS), _OPERATOR, _PATTERN)


def changes(place: Place, around: Circumstances) -> Iterator[Change]:
    """Every marker that fits into the length: one that is too long would be refused for that and show nothing."""
    if place.shape not in {Shape.STRING, Shape.CI_STRING}:
        return
    number = str(int(around.tag, 16))
    for rule, template in _ROWS:
        text = template.replace("%TAG%", around.tag).replace("%NUM%", number)
        if place.length is None or len(text) <= place.length:
            yield rule, encoded(text)
    yield _OPERATOR, b'{"$ne":null}'
    yield _PATTERN, b'{"$regex":"^"}'
