"""Every protection that can be taken away by name: one change each, to show that a scanner sees it."""

from __future__ import annotations

from enum import StrEnum


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
