"""One environment, put together: this file reads like the diagram, from the network outwards."""

from __future__ import annotations

from typing import TypedDict

import pulumi

from infra import policies
from infra.account_provider import account_provider
from infra.authoriser_function import AuthoriserArgs, authoriser_function
from infra.boundary import BoundaryArgs, boundary
from infra.container_service import ContainerService
from infra.data import Data, DataArgs
from infra.dead_letters import dead_letters
from infra.egress import Egress, EgressArgs
from infra.endpoints import Endpoints, EndpointsArgs
from infra.entrance import Behind, entrance
from infra.environment_service import ServicePlace, environment_service
from infra.function import Function, Placement, Surroundings
from infra.keys import Keys, KeysArgs
from infra.logs import Logs, LogsArgs
from infra.naming import log_group_name, physical_name
from infra.network import Network, NetworkArgs
from infra.onlookers import LookedAt, onlookers
from infra.partner_contracts import PartnerPlaces, partner_contracts
from infra.partner_naming import SCANNER_PARTNER
from infra.quarantine import Quarantine, QuarantineArgs
from infra.rotation_function import RotationArgs, rotation_function
from infra.scanner_token import scanner_decrypts
from infra.service_function import Service
from infra.service_rights import ServiceData
from infra.settings import Settings
from infra.trail import Trail, TrailArgs
from infra.watch import Watched, watch
from infra.weaknesses import Weakness


class Place(TypedDict):
    """Which environment, in which account and region."""

    environment: str
    account_id: str
    region: str


def deploy(settings: Settings) -> None:
    """Register every resource of the environment, and export what operators and scanners need."""
    environment = Environment(settings)
    pulumi.export("versions_url", f"{environment.origin}/ocpi/versions")
    pulumi.export("domain_target", environment.domain.target)
    pulumi.export("web_acl_arn", environment.edge.acl.arn)
    pulumi.export("egress_addresses", environment.egress.addresses if environment.egress else [])
    pulumi.export("access_table", environment.data.access.name)
    pulumi.export("quarantine_table", environment.quarantine.table.name)
    pulumi.export("alarm_topic_arn", environment.alarms.topic.arn)
    pulumi.export("secrets_key_arn", environment.keys.secrets.arn)
    pulumi.export("partner_secrets", {partner: secret.secret.arn for partner, secret in environment.secrets.items()})


class Environment(pulumi.ComponentResource):
    """Everything of one `test` or `prod`, in one account and region."""

    def __init__(self, settings: Settings) -> None:
        provider = account_provider("account", settings.environment, settings.account_id, settings.region)
        name = physical_name(settings.environment)
        super().__init__("ocpi-posture:infra:Environment", name, None, pulumi.ResourceOptions(providers=[provider]))
        self._settings = settings
        self._own = pulumi.ResourceOptions(parent=self)
        self.origin = f"https://{settings.domain_name}"
        self._foundations()
        self._functions()
        self._entrance()
        self._partners()
        self._watch()
        self._people()
        self.register_outputs({"versions_url": f"{self.origin}/ocpi/versions"})

    def _foundations(self) -> None:
        """Keys, logs, network, tables."""
        s = self._settings
        self.keys = Keys("keys", KeysArgs(**self._place, secret_readers=self._secret_readers), self._own)
        logs = LogsArgs(**self._place, key_arn=self.keys.logs.arn, retention_days=s.log_retention_days)
        self.logs = Logs("logs", logs, self._own)
        self.trail = self._trail()
        self.network = Network(
            "network",
            NetworkArgs(
                environment=s.environment,
                account_id=s.account_id,
                cidr=s.vpc_cidr,
                zones=s.zones,
                flow_log_group_arn=self.logs.flow.arn,
            ),
            self._own,
        )
        self.endpoints = self._endpoints()
        data = DataArgs(
            key_arn=self.keys.data.arn, protect=s.is_protected, released=s.is_released, weaknesses=s.weaknesses
        )
        self.data = Data("data", data, self._own)
        quarantine = QuarantineArgs(
            **self._place, protect=s.is_protected, released=s.is_released, weaknesses=s.weaknesses
        )
        self.quarantine = Quarantine("quarantine", quarantine, self._own)

    @property
    def _opens_scanner_token(self) -> bool:
        s = self._settings
        opened = s.opens_scanner_token or Weakness.TOKEN_FOR_AN_ACCOUNT in s.weaknesses
        return opened and s.auditor is not None and SCANNER_PARTNER in {partner.id for partner in s.partners}

    @property
    def _secret_readers(self) -> tuple[policies.Statement, ...]:
        s = self._settings
        if s.auditor is None or not self._opens_scanner_token:
            return ()
        any_role = Weakness.TOKEN_FOR_AN_ACCOUNT in s.weaknesses
        return (scanner_decrypts(s.environment, s.auditor, s.region, any_role=any_role),)

    @property
    def _place(self) -> Place:
        s = self._settings
        return {"environment": s.environment, "account_id": s.account_id, "region": s.region}

    def _trail(self) -> Trail:
        return Trail(
            "trail",
            TrailArgs(
                **self._place,
                key_arn=self.keys.audit.arn,
                logs=self.logs,
                retention_days=self._settings.log_retention_days,
                protect=self._settings.is_protected,
                released=self._settings.is_released,
                weaknesses=self._settings.weaknesses,
            ),
            self._own,
        )

    def _endpoints(self) -> Endpoints:
        return Endpoints(
            "endpoints",
            EndpointsArgs(
                account_id=self._settings.account_id,
                region=self._settings.region,
                vpc_id=self.network.vpc.id,
                subnet_ids=self.network.subnet_ids,
                route_table_id=self.network.route_table.id,
                delivered_to=self._settings.delivered_to,
                weaknesses=self._settings.weaknesses,
            ),
            self._own,
        )

    def _functions(self) -> None:
        """Authoriser and service in the isolated subnets; rotation outside, because it calls partners."""
        s, weak = self._settings, self._settings.weaknesses
        self.dead_letters = dead_letters(
            "dead-letters",
            self.keys.alerts.key_id,
            self._own,
            tls_only=Weakness.QUEUE_WITHOUT_TLS not in weak,
        )
        self.boundary = boundary(
            "boundary",
            BoundaryArgs(
                **self._place,
                runs_containers=s.container is not None,
                delivered_to=s.delivered_to,
            ),
            self._own,
        )
        around = Surroundings(
            environment=self._settings.environment,
            logs=self.logs,
            settings_key_arn=self.keys.data.arn,
            dead_letters=self.dead_letters,
            alerts_key_arn=self.keys.alerts.arn,
            boundary_arn=None if Weakness.NO_BOUNDARY in weak else self.boundary.arn,
        )
        isolated = Placement(subnet_ids=self.network.subnet_ids, security_group_id=self.endpoints.functions_group.id)
        self.authoriser = authoriser_function(
            AuthoriserArgs(
                surroundings=around,
                placement=isolated,
                access=self.data.access,
                concurrency=self._settings.limits.concurrency,
                mutual_tls=self._settings.trust_store is not None,
            ),
            self._own,
        )
        self.rotation = self._rotation(around)
        self.service = self._service(around)

    def _rotation(self, around: Surroundings) -> Function:
        s = self._settings
        return rotation_function(
            RotationArgs(
                surroundings=around,
                account_id=s.account_id,
                region=s.region,
                origin=self.origin,
                parties=s.parties,
                access=self.data.access,
                secrets_key_arn=self.keys.secrets.arn,
                placement=self._way_out(),
                delivered_to=s.delivered_to,
            ),
            self._own,
        )

    def _way_out(self) -> Placement | None:
        """Where the function stands that calls partners. `egress` is None when it is unfiltered."""
        s = self._settings
        self.egress = None
        if s.egress_hosts is None:
            return None
        args = EgressArgs(
            environment=s.environment,
            vpc_id=self.network.vpc.id,
            cidr=s.vpc_cidr,
            zones=s.zones[:2],
            hosts=s.egress_hosts,
            endpoints_group_id=self.endpoints.endpoints_group.id,
            dynamodb_endpoint_id=self.endpoints.dynamodb.id,
            log_group=self.logs.group("egress", log_group_name(s.environment, "egress")).name,
            key_arn=self.keys.data.arn,
            protect=s.is_protected,
        )
        self.egress = Egress("egress", args, self._own)
        return Placement(subnet_ids=self.egress.subnet_ids, security_group_id=self.egress.group.id)

    def _service(self, around: Surroundings) -> Service | ContainerService:
        s = self._settings
        data = ServiceData(
            **self._place,
            origin=self.origin,
            parties=s.parties,
            partners=s.partners,
            objects=self.data.objects,
            access=self.data.access,
            quarantine=self.quarantine,
            secrets_key_arn=self.keys.secrets.arn,
            weaknesses=s.weaknesses,
        )
        place = ServicePlace(surroundings=around, network=self.network, endpoints=self.endpoints, data=data)
        return environment_service(s, place, self._own)

    def _entrance(self) -> None:
        """Firewall, domain, gateway: what partners see."""
        behind = Behind(upstream=self.service.upstream, authoriser=self.authoriser, logs=self.logs)
        found = entrance(self._settings, behind, self._own)
        self.api, self.stage, self.edge, self.domain = found.api, found.stage, found.edge, found.domain

    def _partners(self) -> None:
        """One secret, one contract, one usage plan each."""
        places = PartnerPlaces(
            rotation=self.rotation,
            access=self.data.access,
            secrets_key_arn=self.keys.secrets.arn,
            rest_api_id=self.api.rest.id,
            stage_name=self.stage.stage.stage_name,
        )
        self.secrets = partner_contracts(self._settings, places, self._own)

    def _watch(self) -> None:
        watched = Watched(
            keys=self.keys,
            logs=self.logs,
            authoriser=self.authoriser,
            rotation=self.rotation,
            service=self.service,
            egress_log_group=self.egress.log_group if self.egress else None,
            web_acl_name=self.edge.acl.name,
            dead_letters_name=self.dead_letters.name,
        )
        self.alarms = watch(self._settings, watched, self._own)

    def _people(self) -> None:
        """Those who work on the stack, and the scanner that looks at it."""
        secret = self.secrets[SCANNER_PARTNER].secret.arn if self._opens_scanner_token else None
        seen = LookedAt(
            trail_log_group=self.trail.log_group.name,
            told=self.alarms.told,
            quarantine_key_arn=self.quarantine.key.arn,
            data_key_id=self.keys.data.key_id,
            deployed={
                "routes": self.stage.stage.deployment,
                "service": self.service.version,
                "authoriser": self.authoriser.function.code_sha256,
            },
            scanner_secret_arn=secret,
        )
        onlookers(self._settings, seen, self._own)
