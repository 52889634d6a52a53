"""Configs that must be refused: what is changed in an example, and what the sentence must say."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Final

from tests.infra.container_config import CONTAINER
from tests.infra.recorded_program import example

_GONE: Final = object()
_PLACE: Final = {"accountId": "1" * 12, "domainName": "ocpi.example.com"}


@dataclass(frozen=True, slots=True)
class BadConfig:
    """`where` is a path into the example's config; the sentence must hold all of `says`."""

    name: str
    where: tuple[str | int, ...]
    value: Any
    says: tuple[str, ...]
    example: str = "test"
    also: tuple[tuple[str, Any], ...] = ()

    def apply(self, config: dict[str, Any]) -> dict[str, Any]:
        """The example with the change."""
        changed = copy.deepcopy(config) | dict(self.also)
        target: Any = changed
        for step in self.where[:-1]:
            target = target[step]
        if self.value is _GONE:
            del target[self.where[-1]]
        else:
            target[self.where[-1]] = self.value
        return changed


def _top(key: str, value: Any, *says: str) -> BadConfig:
    return BadConfig(f"{key} {str(value)[:30]}", (key,), value, (f"ocpi-posture:{key} ", *says))


def _missing(key: str) -> BadConfig:
    return BadConfig(f"{key} missing", (key,), _GONE, (f"config ocpi-posture:{key} is missing; set it to",))


def _partner(key: str, value: Any, *says: str) -> BadConfig:
    name = f"partner {key} {'missing' if value is _GONE else str(value)[:30]}"
    return BadConfig(
        name, ("partners", "example-emsp", key), value, (f"ocpi-posture:partners.example-emsp.{key} ", *says)
    )


def _module(name: str, module: str, value: Any, *says: str) -> BadConfig:
    where = ("partners", "example-emsp", "modules", module)
    return BadConfig(name, where, value, (f"ocpi-posture:partners.example-emsp.modules.{module}", *says))


def _part(key: str, value: Any, member: str, *says: str) -> BadConfig:
    where = ("partners", "example-emsp", key)
    return BadConfig(f"partner {key} {member}", where, value, (f"partners.example-emsp.{key}.{member} ", *says))


def _other(example: str, key: str, value: Any, *says: str) -> BadConfig:
    """In a stack of another kind."""
    what = "missing" if value is _GONE else str(value)[:40]
    return BadConfig(f"{example} {key} {what}", (key,), value, (f"ocpi-posture:{key}", *says), example)


def _with_container(name: str, given: Any, *says: str) -> BadConfig:
    """Two settings at once: the config of a container, and that there is one."""
    return BadConfig(name, ("container",), given, says, also=(("service", "container"),))


def _containers() -> tuple[BadConfig, ...]:
    """Of `service: container`."""
    image = str(CONTAINER["image"])

    def wrong(name: str, says: str, **changed: Any) -> BadConfig:
        (key,) = changed
        given = {**CONTAINER, **changed}
        return _with_container(name, given, f"ocpi-posture:container.{key} ", says)

    return (
        BadConfig("container on lambda", ("container",), CONTAINER, ("ocpi-posture:container ", "service is lambda")),
        BadConfig("container missing", ("service",), "container", ("ocpi-posture:container is missing", "hostName")),
        BadConfig("service unknown", ("service",), "fargate", ("ocpi-posture:service ", "lambda, container")),
        BadConfig("container weakened", ("weaken",), ["plain-targets"], ("ocpi-posture:weaken ", "container")),
        wrong("image by tag", "by its digest", image=image.partition("@")[0] + ":latest"),
        wrong("image of another account", "this account's registry", image=image.replace("123456789012", "9" * 12)),
        wrong("container without a host", "host name", hostName="10.0.0.1"),
        wrong(
            "certificate elsewhere",
            "eu-central-1",
            certificateArn=str(CONTAINER["certificateArn"]).replace("eu-central-1", "us-east-1"),
        ),
        wrong("privileged port", "1024 to 65535", port=443),
        wrong("container as root", "not root", user="0:0"),
        wrong("CPU that Fargate has not", "256, 512, 1024", cpu=300),
        wrong("memory that Fargate has not", "1024 to 4096", memoryMib=8192),
        wrong("memory between steps", "multiple of 1024", memoryMib=1536),
        wrong("one container only", "2 to 100", atLeast=1),
        _with_container(
            "fewer at most than at least",
            {**CONTAINER, "atLeast": 4, "atMost": 3},
            "ocpi-posture:container.atMost ",
            "below atLeast",
        ),
        wrong("calling container without a filter", "egress is unfiltered; set egress to filtered", wayOut="partners"),
        wrong("container with another way out", "closed, partners", wayOut="open"),
        _with_container(
            "more containers than addresses",
            {**CONTAINER, "atMost": 150},
            "ocpi-posture:vpcCidr is 10.40.0.0/22, where 107 containers fit into the isolated subnets",
            "container.atMost is 150; set a wider range or fewer containers",
        ),
        wrong("misspelt container", "not a setting", imgae=image),
    )


def _with_one_certificate() -> dict[str, Any]:
    """The partners of the example, who all show the same."""
    names = {"subject": "CN=ocpi.example.net", "issuer": "CN=Example CA"}
    return {name: {**block, "certificate": names} for name, block in example("test")["partners"].items()}


BAD_CONFIGS: Final = (
    *map(
        _missing,
        ("kind", "accountId", "region", "domainName", "certificateArn", "alarmEmail", "parties", "partners"),
    ),
    _top("kind", "staging", "org, test, prod, audit"),
    _top("mutualTls", {"trustStore": "s3://bucket-of-cas/cas.pem", "version": "1"}, "no `certificate`", "example-cpo"),
    BadConfig(
        "token delivered to ourselves", ("scannerSecret", "secret"),
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ocpi/mine-AbCdEf",
        ("ocpi-posture:scannerSecret.secret ", "scanner_secrets"),
    ),
    _top("egressReason", "", "is missing", "without a filter"),
    BadConfig(
        "egress without hosts", ("egress",), "filtered", ("ocpi-posture:egress ", "no `versions_url`", "example-emsp")
    ),
    BadConfig(
        "partner on another port than the way out lets out to",
        ("partners", "example-cpo", "versions_url"),
        "https://ocpi.example-charging.example:8443/versions",
        ("ocpi-posture:egress ", "port 443", "example-cpo has 8443"),
        "prod",
    ),
    BadConfig(
        "way out weakened that is not there",
        ("weaken",),
        ["past-the-firewall"],
        ("ocpi-posture:weaken names past-the-firewall", "set egress to filtered"),
    ),
    _partner("rotation", "sometimes", "by-hand, handshake"),
    _part("certificate", {"subject": "Example"}, "subject", "set it to the name"),
    _partner("versions_url", "http://ocpi.example.com/versions", "https URL"),
    _partner("versions_url", "https://10.0.0.1/versions", "host name"),
    _top("accountId", "1234", "12 digits"),
    _top("region", "Frankfurt", "eu-central-1"),
    _top("domainName", "OCPI", "host name"),
    _top("certificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
         "eu-central-1"),
    _top("alarmEmail", "nobody", "address"),
    _top("vpcCidr", "10.0.0.0/99", "10.40.0.0/22"),
    _top("vpcCidr", "8.8.8.0/22", "private"),
    _top("vpcCidr", "169.254.0.0/20", "private"),
    _top("vpcCidr", "10.0.0.1/22", "host bits"),
    _top("availabilityZones", ["a"], "two to four"),
    _top("availabilityZones", ["a", "a"], "twice"),
    _top("logRetentionDays", 30, "365"),
    _top("logRetentionDays", 399, "one of: 365, 400"),
    _top("rotationDays", 365, "1 to 90"),
    _top("rotationDays", "soon", "1 to 90"),
    _top("addressRateLimit", 0, "requests per 5 minutes"),
    _top("weaken", ["no-moat"], "no-moat", "no-waf"),
    _top("weaken", "no-waf", "list"),
    _top("partners", {}, "is missing", "Pulumi.example-test.yaml"),
    _top("partners", [{"id": "example-emsp"}], "contracts by name"),
    BadConfig("partner as text", ("partners", "example-emsp"), "acme",
              ("ocpi-posture:partners.example-emsp ", "one of contracts")),
    BadConfig("partner id", ("partners", "Acme GmbH"), {}, ("partners.Acme GmbH is no name", "lower-case")),
    BadConfig("party twice", ("partners", "example-cpo", "party"), "NL-EXA",
              ("partners.example-cpo.party is the party of example-emsp",)),
    _partner("party", "Example", "NL-ABC"),
    BadConfig("addresses overlap", ("partners", "example-cpo", "addresses"), ["192.0.2.8/29"],
              ("partners.example-cpo.addresses has 192.0.2.8/29, which overlaps those of example-emsp",)),
    BadConfig("certificate of two", ("partners",), _with_one_certificate(),
              ("partners.example-cpo.certificate is that of example-emsp, too; give each partner its own",)),
    _partner("addresses", [], "empty", "192.0.2.0/28"),
    _partner("addresses", ["0.0.0.0/0"], "0.0.0.0/0"),
    _partner("addresses", ["192.0.2.1/28"], "192.0.2.1/28"),
    _partner("addresses", _GONE, "is missing; set it to the IPv4 networks the partner calls from"),
    _partner("addresses", ["64.0.0.0/2"], "/8 or smaller"),
    _partner("addresses", ["10.1.0.0/16"], "nobody on the internet calls from"),
    BadConfig("partner id too long for AWS", ("partners", "a-partner-with-a-very-long-name"), {},
              ("partners.a-partner-with-a-very-long-name is no name", "2 to 24 lower-case")),
    BadConfig("contract is over", ("partners", "example-emsp", "contract"),
              {"starts": "2020-01-01", "ends": "2021-12-31"},
              ("partners.example-emsp.contract.ends is 2021-12-31, which is over", "the renewed end, or remove")),
    _top("release", "yes", "accountId", "before `pulumi destroy`"),
    _top("release", "999999999999", "accountId is 123456789012; set it to that, or remove it"),
    BadConfig("Shield without its cost", ("shieldAdvanced",), {"hostedZone": "Z123EXAMPLE"},
              ("ocpi-posture:shieldAdvanced.yearlyCostUsd is missing", "36000")),
    BadConfig("Shield without a zone", ("shieldAdvanced",), {"yearlyCostUsd": 36000},
              ("ocpi-posture:shieldAdvanced.hostedZone is missing", "Route 53")),
    _partner("contract", _GONE, "missing", "starts"),
    BadConfig("kept no time at all", ("partners", "example-emsp", "contract", "kept_at_most_days"), 0,
              ("partners.example-emsp.contract.kept_at_most_days is 0", "days, 1 to 36500")),
    BadConfig("contract ends first", ("partners", "example-emsp", "contract", "ends"), "2020-01-01",
              ("partners.example-emsp.contract.ends is 2020-01-01, before",)),
    BadConfig("contract next year", ("partners", "example-emsp", "contract", "ends"), "next year",
              ("partners.example-emsp.contract.ends ", "2026-01-31")),
    _partner("requests_per_second", 100_000, "stageRateLimit"),
    _partner("roles", _GONE, "missing"),
    _partner("roles", [], "is empty; set it to a list of: CPO, EMSP"),
    _partner("name", "Example\u202eytiliboM", "the business name"),
    BadConfig(
        "a value of five thousand characters", ("domainName",), "o" * 5000,
        (f"ocpi-posture:domainName is '{'o' * 79}...; set it to a host name",),
    ),
    _partner("token_encoding", "rot13", "base64, raw"),
    _partner("adresses", [], "not a setting", "addresses"),
    _partner("contact", "", "whom to call"),
    _partner("modules", {}, "empty"),
    _module("module", "invoices", {"sides": ["sender"], "rights": ["read"]}, "is no module", "locations"),
    _module("no side", "locations", {"sides": [], "rights": ["read"]}, ".sides", "is empty"),
    _module("no right", "locations", {"sides": ["sender"], "rights": []}, ".rights", "is empty"),
    _module("right", "locations", {"sides": ["sender"], "rights": ["delete"]}, ".rights", "read, write"),
    _module("side", "locations", {"sides": ["SENDER"], "rights": ["read"]}, ".sides", "sender, receiver"),
    _module("commands without days", "commands", {"sides": ["receiver"], "rights": ["write"]},
            "moves hardware; set `starts` and `ends`"),
    _module("commands beyond the contract", "commands",
            {"sides": ["receiver"], "rights": ["write"], "starts": "2026-03-01", "ends": "2040-01-01"},
            "2040-01-01; set it to days within the contract"),
    BadConfig("country", ("parties", 0, "country_code"), "Germany", ("parties[0].country_code", "two capital")),
    _top("certificateArn", "arn:aws:acm:eu-central-1:999999999999:certificate/12345678-1234-1234-1234-123456789012",
         "account 123456789012"),
    _top("scanned", {"prod": {}}, "belongs to stacks of kind audit", "kind test; remove it"),
    _top("accountEmails", {"prod": "a@example.com"}, "belongs to stacks of kind org"),
    BadConfig("production's account", ("accountId",), "210987654321",
              ("accountId is '210987654321', which Pulumi.example-prod.yaml (prod) has too",)),
    BadConfig("production's domain", ("domainName",), "ocpi.example.com",
              ("domainName is 'ocpi.example.com', which Pulumi.example-prod.yaml (prod) has too",)),
    BadConfig("production's secret", ("scannerSecret", "secret"),
              "arn:aws:secretsmanager:eu-central-1:456789012345:secret:ocpi/audit/scanner/prod/token-AbCdEf",
              ("scannerSecret.secret is", "Pulumi.example-prod.yaml (prod) has too; set each its own")),
    BadConfig("production's key", ("scannerSecret", "key"),
              "arn:aws:kms:eu-central-1:456789012345:key/12345678-1234-1234-4321-456789012345",
              ("scannerSecret.key is", "Pulumi.example-prod.yaml (prod) has too; set each its own")),
    BadConfig("production's partner", ("partners", "example-emsp", "versions_url"),
              "https://ocpi.example-mobility.example/ocpi/versions",
              ("partners.example-emsp.versions_url is", "Pulumi.example-prod.yaml (prod) has too; set each its own")),
    BadConfig("test's account", ("accountId",), "123456789012",
              ("accountId is '123456789012', which Pulumi.example-test.yaml (test) has too",), "prod"),
    _other("org", "accountEmails", _GONE, "accountEmails is missing", "test, prod, audit, log-archive"),
    _other("org", "accountEmails", {"test": "a@example.com"}, "accountEmails.prod is missing", "no other AWS account"),
    _other("org", "accountEmails",
           {"test": "a@example.com", "prod": "A@example.com", "audit": "b@example.com", "log-archive": "c@example.com"},
           "accountEmails.prod is the address of test as well"),
    _other("org", "accountEmails", {"staging": "a@example.com"}, "accountEmails.staging is not a setting"),
    _other("org", "approvedRegions", ["us-east-1"], "leaves out eu-central-1"),
    _other("org", "approvedRegions", ["Frankfurt"], "has 'Frankfurt'; set it to a list of AWS regions"),
    _other("org", "partners", {"a": {}}, "belongs to stacks of kind test, prod"),
    _other("org", "release", "345678901234", "release belongs to stacks of kind test, prod"),
    _other("audit", "release", "456789012345", "release belongs to stacks of kind test, prod"),
    _other("audit", "shieldAdvanced", {"hostedZoneId": "Z1"}, "shieldAdvanced belongs to stacks of kind test, prod"),
    _other("audit", "delegatedAdmin", _GONE, "delegatedAdmin is missing; set it to the output `delegated_admin`"),
    _other("audit", "delegatedAdmin", "567890123456", "delegatedAdmin is 567890123456, and this stack's accountId is",
           "set accountId to the account that the org stack put out"),
    _other("audit", "scanned", _GONE, "scanned is missing", "the environments by name"),
    _other("audit", "scanned", {"staging": {}}, "scanned.staging is no environment"),
    _other("audit", "scanned", {"prod": {"accountId": "456789012345", "domainName": "ocpi.example.com"}},
           "scanned.prod.accountId is the account of this stack"),
    _other("audit", "scanned", {"prod": _PLACE, "test": _PLACE}, "scanned.test.accountId is the account of prod"),
    _other("audit", "scannerImage", "latest", "scannerImage is 'latest'", "the digest"),
    _other("audit", "scanSchedule", "rate(30 days)", "of a week at most"),
    _other("audit", "scanSchedule", "sometimes", "cron(minutes hours"),
    _other("audit", "goLive", "2027-02-31T08:00:00", "goLive is '2027-02-31T08:00:00'", "2027-02-01T08:00:00"),
    _other("audit", "evidenceLock", "none", "compliance, governance"),
    _other("audit", "evidenceRetentionDays", 30, "365 to 3650"),
    _top("peopleAccountId", "123456789012", "is the account of this stack"),
    _top("peopleAccountId", "", "`people` names users; set it to the 12 digits"),
    BadConfig("people missing", ("people",), _GONE,
              ("ocpi-posture:people is missing, and `peopleAccountId` is set", "break-glass: [..]")),
    BadConfig("people of another role", ("people", "root"), ["ada"],
              ("ocpi-posture:people.root is not a setting", "admin, auditor, break-glass, operator")),
    BadConfig("people nobody", ("people", "admin"), [], ("people.admin is empty; name at least one",)),
    BadConfig("people with a space", ("people", "admin"), ["ada lovelace"],
              ("people.admin has 'ada lovelace'; set it to a list of names of IAM users",)),
    BadConfig("people alone", ("people", "break-glass"), ["ada"], ("break-glass has ada alone; name a second user",)),
    *_containers(),
    BadConfig("weak production", ("weaken",), ["no-waf"], ("ocpi-posture:weaken", "kind is prod"), "prod"),
)  # fmt: skip
