"""Every protection that can be taken away by name: one change each, to show that a scanner sees it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Weakness(StrEnum):
    """A fault of the stack, for tests. Never set in a real one, refused in prod."""

    NO_WAF = "no-waf"  # nothing associates the web ACL with the stage
    OLD_TLS = "old-tls"  # the domain accepts TLS 1.0
    PUBLIC_SERVICE = "public-service"  # a function URL without authentication, past gateway and firewall
    SECRET_WITHOUT_ROTATION = "secret-without-rotation"
    TOKEN_IN_ENVIRONMENT = "token-in-environment"  # a credentials token as plain variable of the service
    NO_ACCESS_LOGS = "no-access-logs"
    NO_REQUEST_VALIDATION = "no-request-validation"
    OPEN_SECURITY_GROUP = "open-security-group"  # the endpoints accept every port from everywhere
    DEFAULT_ENDPOINT_OPEN = "default-endpoint-open"  # execute-api answers beside the domain
    UNENCRYPTED_TABLE = "unencrypted-table"  # the objects lose the stack's own key
    NO_AUTHORISER = "no-authoriser"  # methods with authorization NONE
    PATHS_IN_FIREWALL_LOG = "paths-in-firewall-log"  # paths of OCPI name drivers' tokens
    TRAIL_OF_ONE_REGION = "trail-of-one-region"
    DELETABLE_TRAIL = "deletable-trail"  # the trail's bucket has no default retention
    UNSEEN_ABUSE = "unseen-abuse"  # no alarm looks at the service's own log
    QUEUE_WITHOUT_TLS = "queue-without-tls"  # dead letters answer plain HTTP
    NO_BOUNDARY = "no-boundary"  # roles of functions stand under no permissions boundary
    PATHS_IN_ACCESS_LOG = "paths-in-access-log"  # the access log writes raw paths, which name drivers' tokens
    CATCH_ALL_ROUTE = "catch-all-route"  # whatever is asked below /ocpi is handed over
    NO_ADDRESS_RATE = "no-address-rate"  # the firewall counts no requests of an address
    NO_TOKEN_RATE = "no-token-rate"  # nor of a credentials token
    EVERYBODY_A_PARTNER = "everybody-a-partner"  # the partners' addresses add up to the whole internet
    PARTNERS_FIRST = "partners-first"  # partners' addresses pass before any other rule is asked
    ATTACKS_COUNTED = "attacks-counted"  # known attacks are counted, and pass
    NO_KNOWN_ATTACKS = "no-known-attacks"  # the managed group of known attacks is not there
    BODIES_UNLIMITED = "bodies-unlimited"  # the firewall has no rule on the size of a body
    BODIES_UNSEEN = "bodies-unseen"  # it looks at the first 16 KB of a body only
    SMALL_OBJECTS_ONLY = "small-objects-only"  # the managed rule refuses bodies of more than 8 KB
    CLOUDS_REFUSED = "clouds-refused"  # partners whose platforms run in a cloud are shut out
    NO_FIREWALL_LOG = "no-firewall-log"
    TOKENS_IN_FIREWALL_LOG = "tokens-in-firewall-log"
    SAMPLED_REQUESTS = "sampled-requests"  # kept samples show the Authorization header
    UNRECOVERABLE_TABLE = "unrecoverable-table"  # the objects have no point-in-time recovery
    DELETABLE_TABLE = "deletable-table"
    ENDLESS_QUARANTINE = "endless-quarantine"  # refused records never expire
    ENDLESS_DATA = "endless-data"  # objects never expire
    SECRETS_GONE_AT_ONCE = "secrets-gone-at-once"  # a deleted secret cannot be brought back
    SECRETS_WITHOUT_OWN_KEY = "secrets-without-own-key"
    NO_STAGE_RATE = "no-stage-rate"
    UNKNOWN_FIELDS_REFUSED = "unknown-fields-refused"  # models of the gateway take no field that they do not know
    OTHER_CONTENT_TYPES = "other-content-types"  # bodies of another content type are not validated
    LONG_MEMORY = "long-memory"  # the authoriser's answers are remembered for an hour
    UNCOUNTED_METHODS = "uncounted-methods"  # methods that count on no usage plan
    UNVALIDATED_TRAIL = "unvalidated-trail"  # a record of the trail can be changed unseen
    PUBLIC_TRAIL = "public-trail"  # nothing keeps the trail's bucket from being made public
    UNBOUNDED_FUNCTION = "unbounded-function"  # the service can take the account's whole concurrency
    SERVICE_MAY_ANYTHING = "service-may-anything"  # its role may do everything to every table
    SILENT_ALARMS = "silent-alarms"  # alarms tell nobody
    NO_SECOND_FACTOR = "no-second-factor"  # people take their roles with a password alone
    PEOPLE_WITHOUT_BOUNDARY = "people-without-boundary"
    PEOPLE_READ_TOKENS = "people-read-tokens"  # operators may read every secret
    POSTURE_ROLE_WITHOUT_ID = "posture-role-without-id"  # the scanner's role asks for no agreed id
    TOKEN_FOR_AN_ACCOUNT = "token-for-an-account"  # everybody in the audit account may read the scanner's token
    RECORDER_OFF = "recorder-off"  # AWS Config is set up, and records nothing
    PLAIN_MARKER = "plain-marker"  # the mark of deployments lies in clear
    PLAIN_LISTENER = "plain-listener"  # from here on with `service: container`: the gateway speaks HTTP to the balancer
    PLAIN_TARGETS = "plain-targets"  # the load balancer speaks HTTP to the containers
    UNVERIFIED_UPSTREAM = "unverified-upstream"  # the gateway takes whatever certificate the balancer shows
    PUBLIC_BALANCER = "public-balancer"  # it stands on the internet, beside gateway and firewall
    PUBLIC_CONTAINER = "public-container"  # each container has a public address
    OPEN_CONTAINERS = "open-containers"  # they take connections from everywhere, not from the balancer alone
    WRITABLE_CONTAINER = "writable-container"  # its root file system can be written
    IMAGE_BY_TAG = "image-by-tag"  # what runs can be another image tomorrow
    SHELL_INTO_CONTAINER = "shell-into-container"  # people can open a shell in what reads tokens
    INWARD_CALLS = "inward-calls"  # with `egress: filtered`: those that call partners may call private networks
    PAST_THE_FIREWALL = "past-the-firewall"  # a second NAT gateway leads their calls around the filter


# These take something away from `service: container`, and nothing from Lambda.
OF_CONTAINERS: Final = frozenset(
    {
        Weakness.PLAIN_LISTENER,
        Weakness.PLAIN_TARGETS,
        Weakness.UNVERIFIED_UPSTREAM,
        Weakness.PUBLIC_BALANCER,
        Weakness.PUBLIC_CONTAINER,
        Weakness.OPEN_CONTAINERS,
        Weakness.WRITABLE_CONTAINER,
        Weakness.IMAGE_BY_TAG,
        Weakness.SHELL_INTO_CONTAINER,
    }
)
# These take something away from the filtered way out.
OF_THE_WAY_OUT: Final = frozenset({Weakness.INWARD_CALLS, Weakness.PAST_THE_FIREWALL})
# With everything switched on, another weakness takes away what these spoil: the log, the rule.
HIDDEN_BY_OTHERS: Final = frozenset(
    {
        Weakness.PATHS_IN_FIREWALL_LOG,
        Weakness.PATHS_IN_ACCESS_LOG,
        Weakness.TOKENS_IN_FIREWALL_LOG,
        Weakness.BODIES_UNLIMITED,
    }
)
