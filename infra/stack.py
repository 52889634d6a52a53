"""One environment, put together: this file reads like the diagram, from the network outwards."""

from __future__ import annotations

import pulumi

from infra.account_provider import account_provider
from infra.authoriser_function import AuthoriserArgs, authoriser_function
from infra.container_service import ContainerService
from infra.entrance import Behind, entrance
from infra.environment_service import ServicePlace, environment_service
from infra.foundations import foundations, opens_scanner_token, place_of
from infra.function import Function, Placement
from infra.naming import physical_name
from infra.onlookers import LookedAt, onlookers
from infra.partner_contracts import PartnerPlaces, partner_contracts
from infra.partner_naming import SCANNER_PARTNER
from infra.rotation_function import RotationArgs, rotation_function
from infra.service_function import Service
from infra.service_rights import ServiceData
from infra.settings import Settings
from infra.watch import Watched, watch


def deploy(settings: Settings) -> None:
    """Register every resource of the environment, and export what operators and scanners need."""
    environment = Environment(settings)
    base = environment.base
    pulumi.export("versions_url", f"{environment.origin}/ocpi/versions")
    pulumi.export("domain_target", environment.domain.target)
    pulumi.export("web_acl_arn", environment.edge.acl.arn)
    pulumi.export("egress_addresses", base.egress.addresses if base.egress else [])
    pulumi.export("access_table", base.data.access.name)
    pulumi.export("quarantine_table", base.quarantine.table.name)
    pulumi.export("alarm_topic_arn", environment.alarms.topic.arn)
    pulumi.export("secrets_key_arn", base.keys.secrets.arn)
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
        self.base = foundations(settings, self._own)
        self._functions()
        self._entrance()
        self._partners()
        self._watch()
        self._people()
        self.register_outputs({"versions_url": f"{self.origin}/ocpi/versions"})

    def _functions(self) -> None:
        """Authoriser and service in the isolated subnets; rotation, which calls partners, at the way out."""
        s, base = self._settings, self.base
        isolated = Placement(subnet_ids=base.network.subnet_ids, security_group_id=base.endpoints.functions_group.id)
        self.authoriser = authoriser_function(
            AuthoriserArgs(
                surroundings=base.around,
                placement=isolated,
                access=base.data.access,
                concurrency=s.limits.concurrency,
                mutual_tls=s.trust_store is not None,
            ),
            self._own,
        )
        self.rotation = self._rotation()
        self.service = self._service()

    def _rotation(self) -> Function:
        s, base = self._settings, self.base
        return rotation_function(
            RotationArgs(
                surroundings=base.around,
                account_id=s.account_id,
                region=s.region,
                origin=self.origin,
                parties=s.parties,
                access=base.data.access,
                secrets_key_arn=base.keys.secrets.arn,
                placement=None if base.egress is None else base.egress.placement,
                delivered_to=s.delivered_to,
            ),
            self._own,
        )

    def _service(self) -> Service | ContainerService:
        s, base = self._settings, self.base
        data = ServiceData(
            **place_of(s),
            origin=self.origin,
            parties=s.parties,
            partners=s.partners,
            objects=base.data.objects,
            access=base.data.access,
            quarantine=base.quarantine,
            secrets_key_arn=base.keys.secrets.arn,
            weaknesses=s.weaknesses,
        )
        place = ServicePlace(
            surroundings=base.around,
            network=base.network,
            endpoints=base.endpoints,
            egress=base.egress,
            data=data,
        )
        return environment_service(s, place, self._own)

    def _entrance(self) -> None:
        """Firewall, domain, gateway: what partners see."""
        behind = Behind(upstream=self.service.upstream, authoriser=self.authoriser, logs=self.base.logs)
        found = entrance(self._settings, behind, self._own)
        self.api, self.stage, self.edge, self.domain = found.api, found.stage, found.edge, found.domain

    def _partners(self) -> None:
        """One secret, one contract, one usage plan each."""
        places = PartnerPlaces(
            rotation=self.rotation,
            access=self.base.data.access,
            secrets_key_arn=self.base.keys.secrets.arn,
            rest_api_id=self.api.rest.id,
            stage_name=self.stage.stage.stage_name,
        )
        self.secrets = partner_contracts(self._settings, places, self._own)

    def _watch(self) -> None:
        base = self.base
        watched = Watched(
            keys=base.keys,
            logs=base.logs,
            authoriser=self.authoriser,
            rotation=self.rotation,
            service=self.service,
            egress_log_group=base.egress.log_group if base.egress else None,
            web_acl_name=self.edge.acl.name,
            dead_letters_name=base.dead_letters.name,
        )
        self.alarms = watch(self._settings, watched, self._own)

    def _people(self) -> None:
        """Those who work on the stack, and the scanner that looks at it."""
        opened = opens_scanner_token(self._settings)
        seen = LookedAt(
            trail_log_group=self.base.trail.log_group.name,
            told=self.alarms.told,
            quarantine_key_arn=self.base.quarantine.key.arn,
            data_key_id=self.base.keys.data.key_id,
            deployed={
                "routes": self.stage.stage.deployment,
                "service": self.service.version,
                "authoriser": self.authoriser.function.code_sha256,
            },
            scanner_secret_arn=self.secrets[SCANNER_PARTNER].secret.arn if opened else None,
        )
        onlookers(self._settings, seen, self._own)
