"""Cases of the rules on tokens and commands."""

from tests.scanner.model.ocpi.rules.cases.case import LATER, OLD, OTHERS, SINCE_2_2, T0, case

TOKENS = (
    case("contract-id-form", "Token", {"auth_id": "DE8ACC12E46L89"}, {"auth_id": "12345"}, "/auth_id", OLD),
    case(
        "contract-id-form",
        "CdrToken",
        {"contract_id": "NL-TNM-C12345678-X"},
        {"contract_id": "12345"},
        "/contract_id",
        SINCE_2_2,
    ),
    case("token-group-length", "Token", {"group_id": "g" * 20}, {"group_id": "g" * 21}, "/group_id", SINCE_2_2),
    case(
        "token-of-app-never-listed",
        "Token",
        {"type": "APP_USER", "whitelist": "NEVER"},
        {"whitelist": "ALLOWED"},
        "/whitelist",
        SINCE_2_2,
    ),
    case(
        "token-invalid-not-always-allowed",
        "Token",
        {"valid": False, "whitelist": "NEVER"},
        {"whitelist": "ALWAYS"},
        "/whitelist",
    ),
    case("token-keeps-type", "Token", {"uid": "U1", "type": "RFID"}, {"type": "OTHER"}, "/type", context=OTHERS),
    case(
        "authorisation-only-of-valid-token",
        "AuthorizationInfo",
        {"allowed": "BLOCKED", "token": {"valid": False}},
        {"allowed": "ALLOWED"},
        "/allowed",
        SINCE_2_2,
    ),
    case(
        "authorisation-location-only-if-allowed",
        "AuthorizationInfo",
        {"allowed": "ALLOWED", "location": {"location_id": "L"}},
        {"allowed": "EXPIRED"},
        "/location",
    ),
    case("reservation-expires-later", "ReserveNow", {"expiry_date": LATER}, {"expiry_date": T0}, "/expiry_date"),
    case(
        "start-connector-with-evse",
        "StartSession",
        {"evse_uid": "E", "connector_id": "1"},
        {"evse_uid": None},
        "/evse_uid",
        SINCE_2_2,
    ),
    case(
        "command-token-of-sender",
        "StartSession",
        {"token": {"country_code": "de", "party_id": "AAA"}},
        {"token": {"country_code": "DE", "party_id": "BBB"}},
        "/token/party_id",
        SINCE_2_2,
        context=OTHERS,
    ),
    case("command-timeout-positive", "CommandResponse", {"timeout": 1}, {"timeout": 0}, "/timeout", SINCE_2_2),
)
