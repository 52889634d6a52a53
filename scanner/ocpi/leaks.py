"""What an error answer must not tell: patterns for stack traces, paths, versions, databases, secrets, addresses."""

import re
from typing import Final

from scanner.model.facts.ocpi.disclosure import Leak, LeakKind

_SEARCHED_BYTES: Final = 262_144

_PRODUCTS: Final = (
    r"nginx|apache|tomcat|jetty|iis|express|django|flask|fastapi|starlette|uvicorn|gunicorn|werkzeug|spring(?: boot)?"
    r"|laravel|symfony|php|python|node(?:\.js)?|openssl|asp\.net"
)
_DATABASES: Final = (
    r"\bSQLSTATE\b|\bORA-\d{5}\b|syntax error at or near|psycopg|sqlite3?\.\w*Error|You have an error in your SQL"
    r"|MongoServerError|com\.mysql|org\.postgresql|SequelizeDatabaseError"
)
_PRIVATE: Final = r"10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01])"
_PATTERNS: Final[tuple[tuple[LeakKind, str, str], ...]] = (
    (LeakKind.STACK_TRACE, "Python traceback", r"Traceback \(most recent call last\)|File \"[^\"]{1,300}\", line \d+"),
    (LeakKind.STACK_TRACE, "Java stack frame", r"\bat [\w$.<>]{3,200}\([\w$]+\.(?:java|kt|scala):\d+\)"),
    (LeakKind.STACK_TRACE, "JavaScript stack frame", r"\bat [^\n]{0,200}[\w/\\.-]\.[cm]?[jt]s:\d+:\d+"),
    (LeakKind.STACK_TRACE, ".NET stack frame", r"\bat [\w.`<>]{3,200}\([^)\n]{0,300}\) in [^\n]{1,300}:line \d+"),
    (LeakKind.STACK_TRACE, "PHP error", r"PHP (?:Fatal|Parse) error|Stack trace:\s*#0|\bon line <?b?>?\d+"),
    (LeakKind.STACK_TRACE, "Go panic", r"goroutine \d+ \[running\]|\bpanic: "),
    (LeakKind.STACK_TRACE, "Ruby frame", r"\.rb:\d+:in [`']"),
    (LeakKind.FILE_PATH, "Unix path", r"(?<![\w/:.])/(?:usr|home|var|opt|srv|app|etc|root|tmp)/[\w.-]+/[\w./-]+"),
    (LeakKind.FILE_PATH, "Windows path", r"\b[A-Z]:\\{1,2}(?:[\w .-]+\\{1,2}){1,}[\w.-]+"),
    (LeakKind.SOFTWARE_VERSION, "product and version", rf"(?i)\b(?:{_PRODUCTS})[/ v]{{1,2}}\d+\.\d+"),
    (LeakKind.DATABASE, "database message", rf"(?i){_DATABASES}"),
    (LeakKind.SECRET, "private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    (LeakKind.SECRET, "AWS access key id", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    (LeakKind.SECRET, "JSON Web Token", r"\beyJ[\w-]{8,999}\.eyJ[\w-]{8,999}\.[\w-]{8}"),
    (LeakKind.SECRET, "password in a URL", r"\b[a-z][a-z0-9+]{2,20}://[^\s/:@\"']{1,64}:[^\s/@\"']{1,64}@"),
    (LeakKind.INTERNAL_ADDRESS, "private IPv4 address", rf"(?<![\d.])(?:{_PRIVATE})\.\d{{1,3}}\.\d{{1,3}}(?![\d.])"),
)
_COMPILED: Final = tuple((kind, name, re.compile(pattern)) for kind, name, pattern in _PATTERNS)


def leaks_in(body: bytes) -> tuple[Leak, ...]:
    """What the first 256 KiB of an error body give away, each pattern once."""
    text = body[:_SEARCHED_BYTES].decode(errors="replace").replace("\\n", "\n").replace('\\"', '"')
    return tuple(Leak(kind=kind, pattern=name) for kind, name, pattern in _COMPILED if pattern.search(text))
