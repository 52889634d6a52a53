"""From the file's words to what probes are given."""

from pathlib import Path

from scanner.config.cloud_inputs import cloud_inputs
from scanner.config.environment_config import (
    AuthorisationConfig,
    EndpointConfig,
    EnvironmentConfig,
    PartnerServerConfig,
)
from scanner.config.identity_config import CommandedConfig, IdentityConfig, InvitationConfig
from scanner.config.partner_config import PartnerConfig
from scanner.config.schema import ConfigFile
from scanner.gate.policy import origin_of
from scanner.model.burst import StressLimits
from scanner.model.effect import Effect
from scanner.model.party import Commanded, Contract, Grant, Identity, Invitation, Party
from scanner.model.target import (
    Authorisation,
    BackendTrouble,
    ClientCertificate,
    Endpoint,
    EnvironmentTarget,
    Limits,
    Origin,
    PartnerServer,
    ScanCadence,
    TokenPolicy,
    TroubledBackend,
)


def environment_target(name: str, environment: EnvironmentConfig, config: ConfigFile, base: Path) -> EnvironmentTarget:
    """One environment; relative paths are taken from `base`."""
    here = config.partners if environment.partners is None else environment.partners
    return EnvironmentTarget(
        name=name,
        endpoints=tuple(endpoint(key, value, base) for key, value in environment.endpoints.items()),
        identities=tuple(_identity(key, value, config) for key, value in environment.identities.items()),
        contracts=tuple(contract(key, value) for key, value in config.partners.items() if key in here),
        elsewhere=tuple(contract(key, value) for key, value in config.partners.items() if key not in here),
        shown_here=_shown_to(name, config),
        told=environment.partners is not None or len(config.environments) == 1,
        inputs=cloud_inputs(environment.cloud, base),
        mode=environment.mode,
        allow=frozenset(Effect(effect) for effect in environment.allow),
        evses=frozenset(environment.evses),
        absent_parties=frozenset(party(text) for text in environment.absent_parties),
        listen_hosts=frozenset(environment.listen_hosts),
        partner_server=_partner_server(environment.partner_server, base),
        token_policy=TokenPolicy(**environment.token_policy.model_dump()),
        troubled_backends=tuple(
            TroubledBackend(module=module, trouble=BackendTrouble(trouble))
            for module, trouble in environment.troubled_backends.items()
        ),
        authorisations=tuple(_authorisation(value) for value in environment.authorisation),
        limits=Limits(**environment.limits.model_dump()),
        stress=StressLimits(**environment.stress.model_dump()),
        attestations=tuple(base / folder for folder in config.attestations),
        cadence=ScanCadence(**environment.cadence.model_dump()),
    )


def _shown_to(name: str, config: ConfigFile) -> frozenset[tuple[str, str]]:
    """The identities of other environments whose tokens this one may see."""
    return frozenset(
        (elsewhere, identity)
        for elsewhere, environment in config.environments.items()
        for identity, its in environment.identities.items()
        if name in its.shown_to
    )


def party(text: str) -> Party:
    """`NL-ABC` as a party."""
    country_code, _, party_id = text.partition("-")
    return Party(country_code=country_code, party_id=party_id)


def endpoint(name: str, config: EndpointConfig, base: Path) -> Endpoint:
    """One endpoint; the port of the URL itself is never counted among the plaintext ports."""
    origin = _origin(config.versions_url)
    return Endpoint(
        name=name,
        versions_url=config.versions_url,
        origin=origin,
        ca_file=base / config.ca_file if config.ca_file else None,
        client=_client(config, base),
        plaintext_ports=tuple(port for port in config.plaintext_ports if port != origin.port),
        allow_hosts=tuple(_origin(url) for url in config.allow_hosts),
        allow_internal=config.allow_internal,
    )


def _client(config: EndpointConfig, base: Path) -> ClientCertificate | None:
    if not config.client_certificate_file or not config.client_key_file:
        return None
    return ClientCertificate(
        certificate_file=base / config.client_certificate_file, key_file=base / config.client_key_file
    )


def _origin(url: str) -> Origin:
    origin = origin_of(url)
    if origin is None:
        raise ValueError(f"not an http or https URL: {url!r}")  # the schema has refused it before
    return origin


def _identity(name: str, config: IdentityConfig, file: ConfigFile) -> Identity:
    partner = file.partners.get(config.partner) if config.partner else None
    said = config.party or (partner.party if partner else None)
    only_role = partner.roles[0] if partner and len(partner.roles) == 1 else None
    return Identity(
        name=name,
        party=party(said) if said else None,
        role=config.role or only_role,
        partner=config.partner,
        disposable=config.disposable,
        has_sink=config.sink is not None,
        endpoints=frozenset(config.endpoints),
        bootstrap=config.kind == "bootstrap",
        unregister=config.unregister,
        revoked_at=config.revoked_at,
        invited=_invitation(config.invited),
        commanded=_commanded(config.commanded),
    )


def _invitation(config: InvitationConfig | None) -> Invitation | None:
    return None if config is None else Invitation(path=config.path, at=config.at, starts=config.starts)


def _commanded(config: CommandedConfig | None) -> Commanded | None:
    return None if config is None else Commanded(at=config.at, count=config.count)


def _partner_server(config: PartnerServerConfig | None, base: Path) -> PartnerServer | None:
    if config is None:
        return None
    return PartnerServer(
        certificate_file=base / config.certificate_file,
        key_file=base / config.key_file,
        host=config.listen,
        port=config.port,
        url=config.url.rstrip("/") if config.url else None,
        hostile=config.hostile,
        second_port=config.second_port,
        issuer_certificate_file=base / config.issuer_certificate_file if config.issuer_certificate_file else None,
        issuer_key_file=base / config.issuer_key_file if config.issuer_key_file else None,
        inward=config.inward,
    )


def contract(name: str, config: PartnerConfig) -> Contract:
    """One partner's contract: a grant for each side of each module."""
    return Contract(
        partner=name,
        party=party(config.party),
        roles=config.roles,
        grants=tuple(
            Grant(module=module, side=side, rights=frozenset(given.rights), starts=given.starts, ends=given.ends)
            for module, given in config.modules.items()
            for side in given.sides
        ),
        starts=config.contract.starts,
        ends=config.contract.ends,
        requests_per_second=config.requests_per_second,
        kept_at_least_days=config.contract.kept_at_least_days,
        kept_at_most_days=config.contract.kept_at_most_days,
        shows_certificate=config.certificate is not None,
    )


def _authorisation(config: AuthorisationConfig) -> Authorisation:
    return Authorisation(host=config.host, who=config.who, starts=config.starts, ends=config.ends)
