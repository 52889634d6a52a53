"""Usage plans, keys and secrets of partners, named after them or not."""

import pulumi
import pulumi_aws as aws


def one_for_each() -> None:
    _partners("north", "south")


def none_for_the_second() -> None:
    _partners("north")


def by_number_only() -> None:
    _partners("alpha", "beta")


def one_too_many() -> None:
    _partners("north", "south", "gamma")


def one_whose_contract_is_over() -> None:
    _partners("north", "south", "former")


def faster_than_agreed() -> None:
    _partners("north", "south", rate=50)


def one_secret_for_two() -> None:
    aws.secretsmanager.Secret("both", name="ocpi/north-and-south")


def partners_by_party() -> None:
    _partners("NL-NOR", "NL-SOU")


def _partners(*names: str, rate: float = 20) -> None:
    api = aws.apigateway.RestApi("ocpi")
    for name in names:
        plan = aws.apigateway.UsagePlan(
            name, api_stages=[{"api_id": api.id, "stage": "ocpi"}], throttle_settings={"rate_limit": rate}
        )
        key = aws.apigateway.ApiKey(name, name=name)
        aws.apigateway.UsagePlanKey(name, key_id=key.id, key_type="API_KEY", usage_plan_id=plan.id)
        aws.secretsmanager.Secret(name, name=f"ocpi/partners/{name}")


globals()[pulumi.Config("case").require("name")]()
