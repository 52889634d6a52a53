"""Route tables of gateways: named ones, surplus ones, and ones that hide what they hand on."""

import pulumi
import pulumi_aws as aws


def agreed() -> None:
    _rest(
        "GET /ocpi/versions",
        "GET /ocpi/{version}",
        "PUT /ocpi/{version}/credentials",
        "GET /ocpi/cpo/{version}/locations",
    )


def below_a_module() -> None:
    _rest("GET /ocpi/cpo/2.2.1/locations/{object+}")


def surplus_module() -> None:
    _rest("GET /ocpi/cpo/2.2.1/cdrs")


def surplus_side() -> None:
    _rest("GET /ocpi/emsp/2.2.1/locations")


def surplus_right() -> None:
    _rest("PUT /ocpi/cpo/2.2.1/locations")


def no_module() -> None:
    _rest("GET /ocpi/admin")


def lapsed() -> None:
    _rest("GET /ocpi/cpo/2.2.1/tariffs")


def greedy_proxy() -> None:
    _rest("GET /ocpi/{proxy+}")


def any_method() -> None:
    _rest("ANY /ocpi/cpo/2.2.1/locations")


def module_as_parameter() -> None:
    _rest("GET /ocpi/{version}/{module}")


def default_route() -> None:
    _http("$default")


def http_routes() -> None:
    _http("GET /ocpi/2.2.1/sender/locations", "GET /ocpi/versions")


def commands_until_a_day() -> None:
    _rest("POST /ocpi/cpo/2.2.1/commands/{command}")


def profiles_for_ever() -> None:
    _rest("PUT /ocpi/cpo/2.2.1/chargingprofiles/{session}")


def commands_without_contract() -> None:
    _rest("POST /ocpi/emsp/2.2.1/commands/{command}")


def preflight() -> None:
    _rest("OPTIONS /ocpi/{proxy+}", "GET /ocpi/versions")


def foreign_parent() -> None:
    api = aws.apigateway.RestApi("api")
    aws.apigateway.Method("lost", rest_api=api.id, resource_id="abc123", http_method="GET", authorization="NONE")


def in_an_openapi_body() -> None:
    aws.apigateway.RestApi("api", body='{"openapi": "3.0.1", "paths": {}}')


def no_api() -> None:
    aws.s3.Bucket("bucket")


def _rest(*keys: str) -> None:
    api = aws.apigateway.RestApi("api")
    known: dict[tuple[str, ...], aws.apigateway.Resource] = {}
    for key in keys:
        method, _, path = key.partition(" ")
        parts = tuple(path.strip("/").split("/"))
        for end in range(1, len(parts) + 1):
            above = known[parts[: end - 1]].id if end > 1 else api.root_resource_id
            if parts[:end] not in known:
                known[parts[:end]] = aws.apigateway.Resource(
                    "-".join(parts[:end]), rest_api=api.id, parent_id=above, path_part=parts[end - 1]
                )
        aws.apigateway.Method(
            key, rest_api=api.id, resource_id=known[parts].id, http_method=method, authorization="CUSTOM"
        )


def _http(*keys: str) -> None:
    api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
    for key in keys:
        aws.apigatewayv2.Route(key, api_id=api.id, route_key=key, authorization_type="CUSTOM")


globals()[pulumi.Config("case").require("name")]()
