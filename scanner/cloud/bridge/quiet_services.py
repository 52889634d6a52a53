"""AWS services of which no rule asks anything: what they hold is no entry point, network, identity, key, log or store.

A type of theirs that has no Pulumi name leaves open nothing that a rule looks for. Everything else that is not known
may be the very thing that a rule found absent. Services are named as in CloudFormation types (`AWS::SERVICE::TYPE`).
Terraform plans need none of this: pulumi-aws is made from Terraform's provider, so that its types have Pulumi names.
"""

from typing import Final

QUIET_SERVICES: Final = frozenset(
    {
        # what is spent, and who is told
        *("AWS::BillingConductor", "AWS::Budgets", "AWS::CE", "AWS::CUR", "AWS::Invoicing"),
        # how things are called and listed
        *("AWS::ResourceExplorer2", "AWS::ResourceGroups", "AWS::ServiceCatalogAppRegistry", "AWS::LicenseManager"),
        # advice and incidents
        *("AWS::CodeGuruProfiler", "AWS::CodeGuruReviewer", "AWS::DevOpsGuru", "AWS::ResilienceHub"),
        *("AWS::SSMContacts", "AWS::SSMIncidents", "AWS::SupportApp"),
        # measurements without content of requests
        *("AWS::APS", "AWS::InternetMonitor", "AWS::RUM", "AWS::Evidently"),
        # other trades
        *("AWS::Forecast", "AWS::FraudDetector", "AWS::GroundStation", "AWS::HealthImaging"),
        *("AWS::HealthLake", "AWS::Location", "AWS::LookoutEquipment", "AWS::LookoutMetrics", "AWS::LookoutVision"),
        *("AWS::MediaConnect", "AWS::MediaConvert", "AWS::MediaLive", "AWS::MediaPackage", "AWS::MediaPackageV2"),
        *("AWS::MediaTailor", "AWS::IVS", "AWS::IVSChat", "AWS::Omics", "AWS::Panorama"),
        *("AWS::Personalize", "AWS::Polly", "AWS::Rekognition"),
    }
)


def is_quiet(kind: str) -> bool:
    """True for a CloudFormation type of such a service."""
    return kind.rpartition("::")[0] in QUIET_SERVICES
