"""What no single field of the file can tell: names that lead nowhere, and permissions that contradict each other."""

from collections.abc import Iterator
from pathlib import PurePath

from checks.model.control import PROFILES
from checks.tls_profiles.profile import profile_names
from scanner.config.cloud_config import CloudConfig, ProgramConfig
from scanner.config.environment_config import EnvironmentConfig
from scanner.config.identity_config import IdentityConfig
from scanner.config.nearest import suggestion
from scanner.config.schema import ConfigFile
from scanner.config.shared_sinks import shared_sinks
from scanner.config.yaml_document import KeyPath, YamlDocument
from scanner.errors import Problem
from scanner.model.effect import Mode


def consistency_problems(document: YamlDocument, config: ConfigFile) -> tuple[Problem, ...]:
    """Every contradiction in the file, each at the key that has to change."""
    found = [*_profiles(config), *_partners(config), *_history(config), *_attestations(config)]
    found += shared_sinks(config, document.file.absolute().parent)
    for name, environment in config.environments.items():
        found += _environment(("environments", name), environment, config)
    return tuple(document.problem(path, message) for path, message in found)


Found = Iterator[tuple[KeyPath, str]]


def _profiles(config: ConfigFile) -> Found:
    if config.profile is not None and config.profile not in PROFILES:
        near = suggestion(config.profile, PROFILES)
        yield ("profile",), f"no profile is called {config.profile!r}{near}; there are: {', '.join(PROFILES)}"
    names = profile_names()
    if config.tls_profile not in names:
        near = suggestion(config.tls_profile, names)
        yield ("tls_profile",), f"no TLS profile is called {config.tls_profile!r}{near}; there are: {', '.join(names)}"


def _partners(config: ConfigFile) -> Found:
    for name, partner in config.partners.items():
        starts, ends = partner.contract.starts, partner.contract.ends
        if starts and ends and ends < starts:
            yield ("partners", name, "contract", "ends"), f"the contract ends before it starts ({starts})"
        low, high = partner.contract.kept_at_least_days, partner.contract.kept_at_most_days
        if low is not None and high is not None and low > high:
            yield ("partners", name, "contract", "kept_at_most_days"), f"less than kept_at_least_days ({low})"
        for module, clause in partner.modules.items():
            if clause.starts and clause.ends and clause.ends < clause.starts:
                at = ("partners", name, "modules", module, "ends")
                yield at, f"the clause ends before it starts ({clause.starts})"


def _history(config: ConfigFile) -> Found:
    history = config.history
    if history is not None and (history.file is None) == (history.url is None):
        yield ("history",), "give either `file`, for SQLite, or `url`, for PostgreSQL"
    if history is not None and history.password is not None and history.url is None:
        yield ("history", "password"), "goes with `url`: a SQLite file has none"
    if config.alerts is not None:
        yield from ((("alerts", *path), message) for path, message in config.alerts.problems())
        if history is None:
            yield (
                ("alerts",),
                "need `history`: it knows what changed, and they wait in it until they are taken",
            )


def _attestations(config: ConfigFile) -> Found:
    names = [PurePath(folder).name for folder in config.attestations]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield ("attestations", index), f"another folder ends in {name!r}, too: reports tell them apart by that name"


def _environment(path: KeyPath, environment: EnvironmentConfig, config: ConfigFile) -> Found:
    if not environment.endpoints and not environment.cloud.names():
        yield path, "has nothing to look at: give it `endpoints`, or `cloud` with `programs`, `previews` or another"
    if environment.identities and not environment.endpoints:
        yield (*path, "identities"), "there is no endpoint that they could speak to"
    yield from _cloud((*path, "cloud"), environment.cloud)
    yield from _served(path, environment, config)
    yield from _identities(path, environment, config)
    yield from _permissions(path, environment)
    yield from _partner_server((*path, "partner_server"), environment)
    yield from _authorisations(path, environment)


def _cloud(path: KeyPath, cloud: CloudConfig) -> Found:
    first: dict[str, str] = {}
    for section, name in cloud.names():
        if first.setdefault(name, section) != section:
            yield (*path, section, name), f"{first[name]} has that name already: each input needs a name of its own"
    for name, program in cloud.programs.items():
        yield from _program((*path, "programs", name), program)


def _program(path: KeyPath, program: ProgramConfig) -> Found:
    if program.preview == "mocks" and program.variables:
        yield (*path, "variables"), "a program under mocks sees none of your variables; they are for `preview: engine`"
    if program.preview == "engine" and program.config:
        yield (*path, "config"), f"the engine reads Pulumi.{program.stack}.yaml: set it there with `pulumi config set`"
    if program.preview == "engine" and program.python:
        yield (*path, "python"), "the engine takes the Python that Pulumi.yaml names"


def _served(path: KeyPath, environment: EnvironmentConfig, config: ConfigFile) -> Found:
    for index, name in enumerate(environment.partners or ()):
        if name not in config.partners:
            yield (*path, "partners", index), f"no partner is called {name!r}{suggestion(name, config.partners)}"
    for name, identity in environment.identities.items():
        if environment.partners is not None and identity.partner and identity.partner not in environment.partners:
            at = (*path, "identities", name, "partner")
            yield at, f"{identity.partner!r} is not among the `partners` of this environment"


def _identities(path: KeyPath, environment: EnvironmentConfig, config: ConfigFile) -> Found:
    for name, identity in environment.identities.items():
        at = (*path, "identities", name)
        partner = config.partners.get(identity.partner) if identity.partner else None
        yield from _endpoints_of(at, identity, environment)
        yield from _shown_to(at, identity, environment, config)
        yield from _invited(at, identity, environment)
        yield from _commanded(at, identity, environment)
        if identity.partner and partner is None:
            yield (
                (*at, "partner"),
                f"no partner is called {identity.partner!r}{suggestion(identity.partner, config.partners)}",
            )
        if partner and identity.party and partner.party != identity.party:
            yield (*at, "party"), f"differs from the party of partner {identity.partner!r}, {partner.party}"
        if partner and identity.role and identity.role not in partner.roles:
            yield (*at, "role"), f"partner {identity.partner!r} has no role {identity.role}"


def _endpoints_of(at: KeyPath, identity: IdentityConfig, environment: EnvironmentConfig) -> Found:
    for endpoint in identity.endpoints:
        if endpoint not in environment.endpoints:
            yield (*at, "endpoints"), f"no endpoint is called {endpoint!r}{suggestion(endpoint, environment.endpoints)}"
    if len(environment.endpoints) > 1 and not identity.endpoints:
        yield at, "there are several endpoints: say in `endpoints` which of them issued this token and may see it"


def _shown_to(at: KeyPath, identity: IdentityConfig, environment: EnvironmentConfig, config: ConfigFile) -> Found:
    for index, name in enumerate(identity.shown_to):
        if name not in config.environments:
            yield (*at, "shown_to", index), f"no environment is called {name!r}{suggestion(name, config.environments)}"
        elif config.environments[name] is environment:
            yield (*at, "shown_to", index), "that is its own environment, which sees it all the time"
        elif _urls(environment) & _urls(config.environments[name]):
            yield (*at, "shown_to", index), f"{name!r} has a versions URL of this environment, which issued the token"
    if identity.shown_to and not identity.disposable:
        yield (*at, "shown_to"), "a token that others may see has to be `disposable: true`: it may end up in their logs"
    if identity.shown_to and (identity.unregister or identity.revoked_at):
        said = (
            "a token that ends during the scan (`unregister`, `revoked_at`) is refused everywhere, which shows nothing"
        )
        yield (*at, "shown_to"), said


def _invited(at: KeyPath, identity: IdentityConfig, environment: EnvironmentConfig) -> Found:
    if identity.invited is None:
        return
    if "registration" not in environment.allow or environment.partner_server is None:
        yield (*at, "invited"), "a platform that registers with us needs `allow: [registration]` and a `partner_server`"
    elif environment.partner_server.url is None and not environment.partner_server.port:
        yield (
            (*at, "invited"),
            "the `partner_server` needs a `url` or a `port`: an operator has to know where it will be",
        )
    if not identity.disposable or not identity.sink:
        yield (*at, "invited"), "the identity needs `disposable: true` and a `sink`: the token of before is given up"
    if identity.invited.token == identity.token:
        yield (*at, "invited", "token"), "is what the platform shows us; `token` of the identity is what we show it"


def _commanded(at: KeyPath, identity: IdentityConfig, environment: EnvironmentConfig) -> Found:
    if identity.commanded is None:
        return
    if not {"actuate", "registration"} <= set(environment.allow) or environment.partner_server is None:
        said = "commands of the platform need `allow: [actuate, registration]` and a `partner_server`"
        yield (*at, "commanded"), said
    if not identity.disposable or not identity.sink or identity.unregister or identity.revoked_at:
        said = "the identity needs `disposable: true` and a `sink`, and no `unregister` or `revoked_at`: it has to stay"
        yield (*at, "commanded"), said


def _urls(environment: EnvironmentConfig) -> set[str]:
    return {endpoint.versions_url.lower().rstrip("/") for endpoint in environment.endpoints.values()}


def _permissions(path: KeyPath, environment: EnvironmentConfig) -> Found:
    if environment.allow and environment.mode is Mode.OBSERVE:
        yield (*path, "allow"), "mode observe sends reads only; set `mode: exercise`, or take `allow` away"
    is_commanded = any(identity.commanded for identity in environment.identities.values())
    if "actuate" in environment.allow and not environment.evses and not is_commanded:
        yield (*path, "allow"), "`actuate` needs `evses`: the hardware that may be moved, by name"
    if "registration" in environment.allow and not any(i.sink for i in environment.identities.values()):
        yield (*path, "allow"), "`registration` needs an identity with a `sink`: a durable place for the new token"
    if environment.mode is Mode.STRESS and not environment.authorisation:
        yield (*path, "mode"), "`stress` needs `authorisation`: the host, who agreed, and from when to when"


def _partner_server(path: KeyPath, environment: EnvironmentConfig) -> Found:
    server = environment.partner_server
    if server is None:
        return
    if (server.issuer_certificate_file is None) != (server.issuer_key_file is None):
        yield path, "`issuer_certificate_file` and `issuer_key_file` come together"
    if server.second_port and server.second_port == server.port:
        yield (*path, "second_port"), "the second listener needs a port of its own"
    if server.hostile and "registration" not in environment.allow:
        yield (*path, "hostile"), "a hostile partner registers: it needs `allow: [registration]`"


def _authorisations(path: KeyPath, environment: EnvironmentConfig) -> Found:
    for index, authorisation in enumerate(environment.authorisation):
        if authorisation.ends <= authorisation.starts:
            yield (*path, "authorisation", index, "ends"), "ends before it starts"
