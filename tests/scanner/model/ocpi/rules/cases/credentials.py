"""Cases of the rules on credentials and versions."""

from tests.scanner.model.ocpi.rules.cases.case import OLD, OWN, SINCE_2_2, V230, case

ROLE = {"role": "CPO", **OWN}


CREDENTIALS = (
    case("credentials-token-characters", "Credentials", {"token": "ab~!"}, {"token": "a b"}, "/token"),
    case(
        "credentials-role-unique",
        "Credentials",
        {"roles": [ROLE, {**ROLE, "role": "EMSP"}]},
        {"roles": [ROLE, {**ROLE, "party_id": "aaa"}]},
        "/roles/1/role",
        SINCE_2_2,
    ),
    case(
        "credentials-hub-party-form",
        "Credentials",
        {"hub_party_id": "DEHUB"},
        {"hub_party_id": "HUB"},
        "/hub_party_id",
        V230,
    ),
    case(
        "version-lists-credentials",
        "VersionDetails",
        {"endpoints": [{"identifier": "credentials"}]},
        {"endpoints": [{"identifier": "cdrs"}]},
        "/endpoints",
    ),
    case(
        "version-endpoint-once",
        "VersionDetails",
        {"endpoints": [{"identifier": "credentials", "role": role} for role in ("SENDER", "RECEIVER")]},
        {"endpoints": [{"identifier": "credentials", "role": "SENDER"}] * 2},
        "/endpoints/1/identifier",
        SINCE_2_2,
    ),
    case(
        "version-endpoint-once-2-1",
        "VersionDetails",
        {"endpoints": [{"identifier": "credentials"}]},
        {"endpoints": [{"identifier": "credentials"}] * 2},
        "/endpoints/1/identifier",
        OLD,
    ),
)
