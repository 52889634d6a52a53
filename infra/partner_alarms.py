"""Alarms on each partner by itself: its silence, its refused requests, the end of its client certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra import abuse_patterns
from infra.alarm import DAY_S, AlarmArgs, LogMetricArgs, SilenceAlarmArgs, alarm, log_metric, silence_alarm

_BY_PARTNER = {"partner": "$.partner"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerAlarmsArgs:
    """`partners` by id; of `silent` ones a day without a request is an alarm.

    `authoriser_log_group`: where it says that a certificate ends; none, partners show no certificates.
    """

    environment: str
    partners: Sequence[str]
    silent: Sequence[str]
    access_log_group: pulumi.Input[str]
    service_log_group: pulumi.Input[str]
    authoriser_log_group: pulumi.Input[str] | None
    told: Sequence[pulumi.Input[str]]


def partner_alarms(args: PartnerAlarmsArgs, opts: pulumi.ResourceOptions) -> None:
    """All of them."""
    for partner in args.silent:
        _silence(partner, args, opts)
    _refused_bodies(args, opts)
    if args.authoriser_log_group is not None:
        _certificates(args, args.authoriser_log_group, opts)


def _silence(partner: str, args: PartnerAlarmsArgs, opts: pulumi.ResourceOptions) -> None:
    """A partner from whom nothing came for a day: no line is no data, and that rings."""
    silence = SilenceAlarmArgs(
        environment=args.environment,
        log_group=args.service_log_group,
        pattern=f'{{ $.event = "access" && $.partner = "{partner}" }}',
        response=abuse_patterns.SILENCE,
        told=args.told,
    )
    silence_alarm(f"silent-{partner}", silence, opts)


def _refused_bodies(args: PartnerAlarmsArgs, opts: pulumi.ResourceOptions) -> None:
    """One metric, a dimension for each partner: who is no partner has a value there as well, and no alarm."""
    found = abuse_patterns.BODIES_OF_A_PARTNER
    lines = LogMetricArgs(
        environment=args.environment, log_group=args.access_log_group, pattern=found.pattern, by=_BY_PARTNER
    )
    metric = log_metric("bodies-refused-by-partner", lines, opts)
    for partner in args.partners:
        counted = AlarmArgs(
            environment=args.environment,
            metric=metric,
            dimensions={"partner": partner},
            threshold=found.threshold,
            response=found.response,
            told=args.told,
        )
        alarm(f"bodies-refused-{partner}", counted, opts)


def _certificates(args: PartnerAlarmsArgs, log_group: pulumi.Input[str], opts: pulumi.ResourceOptions) -> None:
    """Lines come in the last month only, so none of them for a day is well: a new certificate is in use."""
    found = abuse_patterns.CERTIFICATE_ENDS
    lines = LogMetricArgs(
        environment=args.environment, log_group=log_group, pattern=found.pattern, value="$.days", by=_BY_PARTNER
    )
    metric = log_metric("certificate-days-by-partner", lines, opts)
    for partner in args.partners:
        counted = AlarmArgs(
            environment=args.environment,
            metric=metric,
            dimensions={"partner": partner},
            statistic="Minimum",
            comparison="LessThanOrEqualToThreshold",
            threshold=found.threshold,
            period_s=DAY_S,
            response=found.response,
            told=args.told,
        )
        alarm(f"certificate-ends-{partner}", counted, opts)
