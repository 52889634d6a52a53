"""Web ACLs: a sound one, and one case for each thing that can be wrong with it."""

from typing import Any

import pulumi
import pulumi_aws as aws

QUIET = {"cloudwatch_metrics_enabled": True, "metric_name": "m", "sampled_requests_enabled": False}
SAMPLING = {**QUIET, "sampled_requests_enabled": True}
CAPITALS = {"ip": "IP", "arn": "ARN"}  # as the API of AWS WAF writes them
AS_IS = [{"priority": 0, "type": "NONE"}]


def sound() -> None:
    _acl()


def default_allow() -> None:
    _acl(default_action={"allow": {}}, rules=_rules()[:-1])


def default_allow_and_others_blocked() -> None:
    others = _rule("others", {"not_statement": {"statement": {"ip_set_reference_statement": {"arn": _set()}}}}, "block")
    _acl(default_action={"allow": {}}, rules=[*_rules()[:-1], others])


def country_passes() -> None:
    country = _rule("country", {"geo_match_statement": {"country_codes": ["NL"]}}, "allow")
    _acl(rules=[*_rules()[:-1], country])


def address_and_country_pass() -> None:
    both = [{"ip_set_reference_statement": {"arn": _set()}}, {"geo_match_statement": {"country_codes": ["NL"]}}]
    _acl(rules=[*_rules()[:-1], _rule("both", {"and_statement": {"statements": both}}, "allow")])


def rule_counts() -> None:
    _acl(rules=[_rate("IP", action="count"), *_rules()])


def group_counts() -> None:
    _acl(rules=[_managed("AWSManagedRulesKnownBadInputsRuleSet", override="count"), *_rules()[4:]])


def rule_of_group_counts() -> None:
    _acl(rules=[_managed("AWSManagedRulesSQLiRuleSet", count=["SQLi_BODY"]), *_rules()])


def rule_counts_for_a_later_one() -> None:
    marks = _rule("marks", {"geo_match_statement": {"country_codes": ["NL"]}}, "count")
    marks["rule_labels"] = [{"name": "ocpi:abroad"}]
    reads = _rule("reads", {"label_match_statement": {"key": "ocpi:abroad", "scope": "LABEL"}}, "block")
    _acl(rules=[marks, reads, *_rules()])


def no_rules() -> None:
    _acl(rules=[])


def passes_before_the_rules() -> None:
    _acl(rules=[_rules()[-1], *_rules()[:-1]])


def no_known_bad_inputs() -> None:
    _acl(rules=_rules()[:3] + _rules()[4:])


def core_refuses_bodies() -> None:
    _acl(rules=[_managed("AWSManagedRulesCommonRuleSet"), *_rules()])


def small_bodies_only() -> None:
    body = {"comparison_operator": "GT", "size": 16000, "field_to_match": {"body": {}}, "text_transformations": AS_IS}
    _acl(rules=[_rule("small", {"size_constraint_statement": body}, "block"), *_rules()])


def cut_bodies_refused() -> None:
    body = {
        "comparison_operator": "GT",
        "size": 65536,
        "field_to_match": {"body": {"oversize_handling": "MATCH"}},
        "text_transformations": AS_IS,
    }
    _acl(rules=[_rule("cut", {"size_constraint_statement": body}, "block"), *_rules()])


def short_lengths_only() -> None:
    _acl(rules=[_length("^[0-9]{6,}$"), *_rules()])


def no_body_limit() -> None:
    _acl(rules=_rules()[:2] + _rules()[3:])


def inspects_the_default() -> None:
    _acl(association_config=None)


def inspects_little() -> None:
    _acl(association_config={"request_bodies": [{"api_gateway": {"default_size_inspection_limit": "KB_32"}}]})


def in_front_of_a_balancer() -> None:
    balancer = aws.lb.LoadBalancer("balancer", load_balancer_type="application")
    acl = _acl(association_config=None)
    aws.wafv2.WebAclAssociation("front", resource_arn=balancer.arn, web_acl_arn=acl.arn)


def no_rate() -> None:
    _acl(rules=_rules()[2:])


def rates_only_count() -> None:
    _acl(rules=[_rate("IP", action="count"), _rate("token", action="count"), *_rules()[2:]])


def rate_of_some() -> None:
    some = _rate("IP")
    some["statement"]["rate_based_statement"]["scope_down_statement"] = {
        "geo_match_statement": {"country_codes": ["NL"]}
    }
    _acl(rules=[some, *_rules()[1:]])


def rate_of_token_by_address() -> None:
    narrow = _rate("token")
    narrow["statement"]["rate_based_statement"]["custom_keys"].append({"ip": {}})
    _acl(rules=[_rate("IP"), narrow, *_rules()[2:]])


def clouds_refused() -> None:
    _acl(rules=[_managed("AWSManagedRulesAnonymousIpList"), *_rules()])


def no_log() -> None:
    _acl(redacted=None)


def log_of_some() -> None:
    acl = _acl(redacted=None)
    keep = {"behavior": "KEEP", "requirement": "MEETS_ANY", "conditions": [{"action_condition": {"action": "BLOCK"}}]}
    _log(acl, ["authorization"], logging_filter={"default_behavior": "DROP", "filters": [keep]})


def log_with_token() -> None:
    _acl(redacted=["cookie"])


def log_with_paths() -> None:
    acl = _acl(redacted=None)
    aws.wafv2.WebAclLoggingConfiguration(
        "log",
        resource_arn=acl.arn,
        log_destination_configs=[_group().arn],
        redacted_fields=[{"single_header": {"name": "authorization"}}],
    )


def samples_with_token() -> None:
    _acl(visibility_config=SAMPLING)


def rule_samples_with_token() -> None:
    rules = _rules()
    rules[1]["visibility_config"] = SAMPLING
    _acl(rules=rules)


def samples_protected() -> None:
    field = {"field_type": "SINGLE_HEADER", "field_keys": ["authorization"]}
    protection = {"data_protections": [{"action": "SUBSTITUTION", "field": field}]}
    _acl(visibility_config=SAMPLING, data_protection_config=protection, redacted=["cookie"])


def rules_in_json() -> None:
    aws.wafv2.WebAcl("acl", scope="REGIONAL", default_action={"block": {}}, rule_json="[{", visibility_config=QUIET)


def sound_in_json() -> None:
    _acl_in_json(_rules())


def rule_in_json_counts() -> None:
    _acl_in_json([_rate("IP", action="count"), *_rules()[1:]])


def nothing_in_json() -> None:
    _acl_in_json([])


def _acl_in_json(rules) -> None:
    numbered = [{**rule, "priority": number} for number, rule in enumerate(rules)]
    _acl(rules=None, rule_json=pulumi.Output.json_dumps(_in_capitals(numbered)))


def _in_capitals(value):
    if isinstance(value, dict):
        words = {name: (CAPITALS.get(word, word.capitalize()) for word in name.split("_")) for name in value}
        return {"".join(words[name]): _in_capitals(inner) for name, inner in value.items() if inner is not None}
    return [_in_capitals(inner) for inner in value] if isinstance(value, list) else value


def rules_of_their_own() -> None:
    acl = aws.wafv2.WebAcl("acl", scope="REGIONAL", default_action={"block": {}}, visibility_config=QUIET)
    aws.wafv2.WebAclRule("rate", web_acl_arn=acl.arn, **_rate("IP"))


def rules_in_a_group() -> None:
    group = aws.wafv2.RuleGroup(
        "group", capacity=100, scope="REGIONAL", rules=[_rate("IP"), _rate("token")], visibility_config=QUIET
    )
    use = _rule("own", {"rule_group_reference_statement": {"arn": group.arn}}, None)
    use["override_action"] = {"none": {}}
    _acl(rules=[use, *_rules()[2:]])


def no_firewall() -> None:
    aws.s3.Bucket("bucket")


def set_of_everybody() -> None:
    _set(["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/1"])
    _acl()


def everybody_refused() -> None:
    everybody = {"ip_set_reference_statement": {"arn": _set(["0.0.0.0/1", "128.0.0.0/1"])}}
    _acl(rules=[*_rules()[:-1], _rule("nobody", everybody, "block")])


def _acl(redacted=("authorization",), **changes) -> aws.wafv2.WebAcl:
    inspect = {"request_bodies": [{"api_gateway": {"default_size_inspection_limit": "KB_64"}}]}
    settings = {"default_action": {"block": {}}, "association_config": inspect, "visibility_config": QUIET, **changes}
    chosen = settings.pop("rules") if "rules" in changes else _rules()
    rules = [{**rule, "priority": number} for number, rule in enumerate(chosen)] if chosen is not None else None
    acl = aws.wafv2.WebAcl("acl", scope="REGIONAL", rules=rules, **settings)
    if redacted:
        _log(acl, redacted)
    return acl


def _log(acl, headers, **more) -> None:
    aws.wafv2.WebAclLoggingConfiguration(
        "log",
        resource_arn=acl.arn,
        log_destination_configs=[_group().arn],
        redacted_fields=[*({"single_header": {"name": name}} for name in headers), {"uri_path": {}}],
        **more,
    )


def _group() -> aws.cloudwatch.LogGroup:
    return aws.cloudwatch.LogGroup("aws-waf-logs-edge")


def _rules() -> list[dict[str, Any]]:
    return [
        _rate("IP"),
        _rate("token"),
        _length("^[0-9]{7,}$"),
        _managed("AWSManagedRulesKnownBadInputsRuleSet"),
        _managed("AWSManagedRulesCommonRuleSet", count=["SizeRestrictions_BODY"]),
        _managed("AWSManagedRulesAnonymousIpList", count=["HostingProviderIPList"]),
        _rule("partners", {"ip_set_reference_statement": {"arn": _set()}}, "allow"),
    ]


SETS: list[aws.wafv2.IpSet] = []


def _set(addresses=("192.0.2.0/28",)):
    if not SETS:
        made = aws.wafv2.IpSet("set", scope="REGIONAL", ip_address_version="IPV4", addresses=list(addresses))
        SETS.append(made)
    return SETS[0].arn


def _rate(by: str, action: str = "block") -> dict[str, Any]:
    header = {"header": {"name": "authorization", "text_transformations": AS_IS}}
    keys = (
        {"aggregate_key_type": "CUSTOM_KEYS", "custom_keys": [header]} if by == "token" else {"aggregate_key_type": by}
    )
    return _rule(f"rate-{by}", {"rate_based_statement": {"limit": 3000, **keys}}, action)


def _length(expression: str) -> dict[str, Any]:
    header = {"single_header": {"name": "content-length"}}
    match = {"regex_string": expression, "field_to_match": header, "text_transformations": AS_IS}
    return _rule("length", {"regex_match_statement": match}, "block")


def _managed(group: str, count=(), override: str = "none") -> dict[str, Any]:
    overrides = [{"name": name, "action_to_use": {"count": {}}} for name in count]
    statement = {"vendor_name": "AWS", "name": group, "rule_action_overrides": overrides or None}
    rule = _rule(group, {"managed_rule_group_statement": statement}, None)
    rule["override_action"] = {override: {}}
    return rule


def _rule(name: str, statement: dict[str, Any], action: str | None) -> dict[str, Any]:
    rule = {"name": name, "priority": 0, "statement": statement, "visibility_config": QUIET}
    return {**rule, "action": {action: {}}} if action else rule


globals()[pulumi.Config("case").require("name")]()
