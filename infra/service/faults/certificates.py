"""Faults of the server certificate. A server shows one, so they exclude each other.

All but `long-lived-certificate` make a client that verifies hang up before it has said anything. They are not part of
`all`: behind them no other fault could be seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from infra.service.deployment.certificate_plan import CertificatePlan, KeyKind
from infra.service.faults.fault import Fault
from infra.service.listener import ListenerOptions

_GROUP: Final = "certificate"
_WRONG_NAME: Final = "charging.example.org"


def _serving(plan: CertificatePlan, security_level: int | None = None) -> Callable[[ListenerOptions], ListenerOptions]:
    def wrap(options: ListenerOptions) -> ListenerOptions:
        level = options.security_level if security_level is None else security_level
        return replace(options, certificate=plan, security_level=level)

    return wrap


FAULTS: Final = (
    Fault(
        name="expired-certificate",
        summary="the server certificate ended yesterday",
        group=_GROUP,
        in_all=False,
        wrap_listener=_serving(CertificatePlan(lifetime=timedelta(days=-1))),
    ),
    Fault(
        name="wrong-name-certificate",
        summary="the server certificate is for another host",
        group=_GROUP,
        in_all=False,
        wrap_listener=_serving(CertificatePlan(names=(_WRONG_NAME,))),
    ),
    Fault(
        name="self-signed-certificate",
        summary="the server certificate is signed by itself",
        group=_GROUP,
        in_all=False,
        wrap_listener=_serving(CertificatePlan(self_signed=True)),
    ),
    Fault(
        name="weak-key-certificate",
        summary="the server's key is RSA with 1024 bits",
        group=_GROUP,
        in_all=False,
        wrap_listener=_serving(CertificatePlan(key=KeyKind.RSA_1024), security_level=0),
    ),
    Fault(
        name="long-lived-certificate",
        summary="the server certificate lasts five years",
        group=_GROUP,
        wrap_listener=_serving(CertificatePlan(lifetime=timedelta(days=1800))),
    ),
)
