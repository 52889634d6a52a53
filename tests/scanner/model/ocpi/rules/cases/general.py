"""Cases of the rules on what many objects have, and of amounts."""

from scanner.model.ocpi.rules.context import RuleContext
from tests.scanner.model.ocpi.rules.cases.case import (
    LATER,
    OLD,
    OTHERS,
    OWN,
    SINCE_2_2,
    T0,
    T1,
    V221,
    V230,
    case,
    tax,
)

GENERAL = (
    case("country-code-iso-3166", "Token", {"country_code": "xk"}, {"country_code": "UK"}, "/country_code", SINCE_2_2),
    case("country-code-iso-3166", "Credentials", {"country_code": "NL"}, {"country_code": "ZZ"}, "/country_code", OLD),
    case("party-id-form", "CDR", {"party_id": "A1b"}, {"party_id": "A1"}, "/party_id", SINCE_2_2),
    case("party-id-form", "Credentials", {"party_id": "A1b"}, {"party_id": "A-1"}, "/party_id", OLD),
    case(
        "owner-as-in-url",
        "Session",
        {**OWN, "party_id": "aaa"},
        {"party_id": "BBB"},
        "/party_id",
        SINCE_2_2,
        context=OTHERS,
    ),
    case("last-updated-not-in-future", "Tariff", {"last_updated": T0}, {"last_updated": LATER}, "/last_updated"),
    case(
        "last-updated-not-backwards",
        "Session",
        {"id": "X1", "last_updated": T1},
        {"id": "X1", "last_updated": T0},
        "/last_updated",
        context=RuleContext(previous={"id": "X1", "last_updated": T1}),
    ),
    case("currency-iso-4217", "Session", {"currency": "EUR"}, {"currency": "EUX"}, "/currency"),
    case("language-iso-639", "DisplayText", {"language": "en"}, {"language": "xx"}, "/language"),
    case("display-text-no-markup", "DisplayText", {"text": "3 < 4 > 2"}, {"text": "<b>3</b>"}, "/text"),
    case(
        "response-url-https",
        "StopSession",
        {"response_url": "HTTPS://a.example/1"},
        {"response_url": "http://a.example/1"},
        "/response_url",
    ),
    case("endpoint-url-https", "Version", {"url": "https://a.example"}, {"url": "http://a.example"}, "/url"),
    case(
        "web-address-https",
        "Image",
        {"thumbnail": "https://a.example/t"},
        {"thumbnail": "http://a.example/t"},
        "/thumbnail",
    ),
)


PRICES = (
    case("price-vat-only-adds", "Price", {"excl_vat": 4.0, "incl_vat": 4.4}, {"incl_vat": 3.6}, "/incl_vat", V221),
    case("price-vat-only-adds", "Price", {"excl_vat": -4.0, "incl_vat": -4.4}, {"incl_vat": 4.4}, "/incl_vat", V221),
    case(
        "price-taxes-only-add",
        "Price",
        {"before_taxes": 4.0, "taxes": [tax(0.4)]},
        {"taxes": [tax(-0.4)]},
        "/taxes/0/amount",
        V230,
    ),
    case(
        "tax-amount-fits-percentage",
        "Price",
        {"before_taxes": 4.0, "taxes": [tax(0.4, 10)]},
        {"taxes": [tax(2.4, 10)]},
        "/taxes/0/amount",
        V230,
    ),
    case("tax-percentage-in-range", "TaxAmount", {"percentage": 100}, {"percentage": 101}, "/percentage", V230),
    case(
        "price-limit-taxes-only-add",
        "PriceLimit",
        {"before_taxes": 4.0, "after_taxes": 4.0},
        {"after_taxes": 3.0},
        "/after_taxes",
        V230,
    ),
)
