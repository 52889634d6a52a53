"""For each semantic rule an object that keeps it, and what to change so that it breaks it and no other."""

from tests.scanner.model.ocpi.rules.cases.cdrs import CDRS
from tests.scanner.model.ocpi.rules.cases.credentials import CREDENTIALS
from tests.scanner.model.ocpi.rules.cases.general import GENERAL, PRICES
from tests.scanner.model.ocpi.rules.cases.locations import LOCATIONS
from tests.scanner.model.ocpi.rules.cases.places import PLACES
from tests.scanner.model.ocpi.rules.cases.profiles import PROFILES
from tests.scanner.model.ocpi.rules.cases.sessions import SESSIONS
from tests.scanner.model.ocpi.rules.cases.tariffs import TARIFFS
from tests.scanner.model.ocpi.rules.cases.tokens import TOKENS

CASES = (
    *GENERAL,
    *PRICES,
    *CREDENTIALS,
    *LOCATIONS,
    *PLACES,
    *TARIFFS,
    *TOKENS,
    *SESSIONS,
    *CDRS,
    *PROFILES,
)
