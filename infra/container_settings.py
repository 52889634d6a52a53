"""The container that `service: container` runs, read from the config."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra.config_reader import Section

SERVICES: Final = ("lambda", "container")
_HOST: Final = r"(?=.{4,253}$)([a-z0-9-]{1,63}\.)+[a-z]{2,63}"
_KEYS: Final = (
    *("image", "hostName", "certificateArn", "port", "healthPath", "cpu", "memoryMib", "architecture"),
    *("user", "atLeast", "atMost", "wayOut"),
)
# Memory that Fargate gives by CPU units, MiB: first, last, step (ECS Developer Guide, task CPU and memory)
_SIZES: Final = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
}
_FIRST_FREE_PORT: Final = 1024  # below it a container would have to be root


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSettings:
    """`repository` and `digest` are what `image` is made of. `host` is the name in the balancer's certificate."""

    repository: str
    digest: str  # sha256:..
    host: str
    certificate_arn: str
    port: int
    health_path: str
    cpu: int  # units: 1024 are one processor
    memory_mib: int
    architecture: str  # ARM64, X86_64
    user: str
    at_least: int
    at_most: int
    calls_partners: bool  # from the calling subnets, through the firewall


def read_container(
    section: Section, region: str, account_id: str, zones: int, *, is_filtered: bool
) -> ContainerSettings | None:
    """None where the service runs on Lambda. `is_filtered`: there is a firewall on the way to partners.

    Raises SettingsError, also for a container that nobody runs.
    """
    is_wanted = section.choice("service", SERVICES, SERVICES[0]) == "container"
    given = (
        section.section("container", "{image: .., hostName: .., certificateArn: ..}")
        if "container" in section
        else None
    )
    is_given = given is not None and bool(set(given))
    if not is_wanted and is_given:
        raise section.error("container", "is set, and service is lambda; set service to container, or remove it")
    if not is_wanted:
        return None
    if given is None or not is_given:
        raise section.error("container", "is missing; set it to {image: .., hostName: .., certificateArn: ..}")
    return _container(given, region, account_id, zones, is_filtered=is_filtered)


def _container(given: Section, region: str, account_id: str, zones: int, *, is_filtered: bool) -> ContainerSettings:
    given.known_keys_only(_KEYS)
    repository, _, digest = _image(given, region, account_id).partition("@")
    cpu, memory = _size(given)
    at_least, at_most = _instances(given, zones)
    return ContainerSettings(
        repository=repository.partition("/")[2],
        digest=digest,
        host=given.text("hostName", _HOST, "the host name in certificateArn's certificate, lower case"),
        certificate_arn=given.text(
            "certificateArn",
            rf"arn:aws:acm:{region}:{account_id}:certificate/[0-9a-f-]{{36}}",
            f"the ARN of an ACM certificate for hostName in {region} and account {account_id}",
        ),
        port=given.number("port", _FIRST_FREE_PORT, 65535, "the port on which the container speaks TLS", 8443),
        health_path=given.text("healthPath", r"/[A-Za-z0-9/_.-]{0,200}", "a path that answers 200", "/health"),
        cpu=cpu,
        memory_mib=memory,
        architecture=given.choice("architecture", ("ARM64", "X86_64"), "ARM64"),
        user=given.text(
            "user", r"[1-9]\d{0,5}:[1-9]\d{0,5}", "numbers of a user and group that are not root", "10001:10001"
        ),
        at_least=at_least,
        at_most=at_most,
        calls_partners=_way_out(given, is_filtered=is_filtered),
    )


def _image(given: Section, region: str, account_id: str) -> str:
    registry = f"{account_id}.dkr.ecr.{region}.amazonaws.com"
    return given.text(
        "image",
        rf"{account_id}\.dkr\.ecr\.{region}\.amazonaws\.com/[a-z0-9][a-z0-9/_.-]{{1,255}}@sha256:[0-9a-f]{{64}}",
        f"an image of this account's registry by its digest, {registry}/NAME@sha256:..; a tag can be moved",
    )


def _size(given: Section) -> tuple[int, int]:
    cpu = given.number("cpu", min(_SIZES), max(_SIZES), "CPU units", 512)
    if cpu not in _SIZES:
        raise given.error("cpu", f"is {cpu}; set it to one of: {', '.join(map(str, _SIZES))}")
    first, last, step = _SIZES[cpu]
    memory = given.number("memoryMib", first, last, f"MiB that Fargate has with {cpu} CPU units", max(first, 1024))
    if memory % step:
        raise given.error("memoryMib", f"is {memory}; set it to a multiple of {step}")
    return cpu, memory


def _instances(given: Section, zones: int) -> tuple[int, int]:
    at_least = given.number("atLeast", 2, 100, "containers, so that the loss of one is no outage", max(2, zones))
    at_most = given.number("atMost", 2, 200, "containers", max(6, at_least))
    if at_most < at_least:
        raise given.error("atMost", f"is {at_most}, below atLeast; set it to {at_least} or more")
    return at_least, at_most


def _way_out(given: Section, *, is_filtered: bool) -> bool:
    """A container behind no firewall could call anybody."""
    is_open = given.choice("wayOut", ("closed", "partners"), "closed") == "partners"
    if is_open and not is_filtered:
        raise given.error("wayOut", "is partners, and egress is unfiltered; set egress to filtered")
    return is_open
