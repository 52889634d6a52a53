"""Which Content-Security-Policies let a browser do nothing with an answer."""

import pytest

from checks.families.ocpi_security_policy import lax_in

MISSING = "Content-Security-Policy: missing"
LOADS = "Content-Security-Policy without default-src 'none'"
FRAMED = "Content-Security-Policy without frame-ancestors 'none'"
BOTH = "Content-Security-Policy without default-src 'none' and frame-ancestors 'none'"


@pytest.mark.parametrize(
    "headers, lax",
    [
        (("default-src 'none'; frame-ancestors 'none'",), None),
        (("DEFAULT-SRC 'NONE';Frame-Ancestors\t'none';",), None),
        (("default-src; frame-ancestors",), None),
        (("default-src 'none'; script-src 'none'; frame-ancestors 'none'; report-uri /csp",), None),
        (("default-src 'none'", "frame-ancestors 'none'"), None),
        (("default-src 'self', default-src 'none'; frame-ancestors 'none'",), None),
        (("frame-ancestors 'none'; frame-ancestors *; default-src 'none'",), None),
        ((), MISSING),
        (("", " , "), MISSING),
        (("default-src 'none'",), FRAMED),
        (("default-src 'none'; frame-ancestors 'self'",), FRAMED),
        (("frame-ancestors *; frame-ancestors 'none'; default-src 'none'",), FRAMED),
        (("frame-ancestors 'none'",), LOADS),
        (("default-src 'none'; script-src 'self'; frame-ancestors 'none'",), LOADS),
        (("default-src 'none' https:; frame-ancestors 'none'",), LOADS),
        (("default-src 'none'; script-src-elem *", "frame-ancestors 'none'; img-src 'none'"), LOADS),
        (("upgrade-insecure-requests",), BOTH),
    ],
)
def test_only_a_policy_that_loads_nothing_and_is_framed_nowhere_is_restrictive(headers, lax):
    assert lax_in(headers) == lax
