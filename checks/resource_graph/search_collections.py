"""Collections of OpenSearch Serverless: policies that fit their name say who comes in, and who reads.

Amazon OpenSearch Service Developer Guide, Serverless: network policies, of which any that opens a collection counts;
data access policies, without which nobody reads, whatever IAM allows.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from checks.resource_graph.leaves import items
from checks.resource_graph.opening import OPEN, SHUT, Opening, in_doubt
from checks.resource_graph.policy_documents import PolicyDocument, Principal, Statement
from checks.resource_graph.policy_reach import matches, overlap
from checks.resource_graph.stack import Stack
from scanner.model.leaves import texts
from scanner.model.resource import CloudValue, Resource

COLLECTION: Final = "aws:opensearch/serverlessCollection:ServerlessCollection"
_NETWORK: Final = "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"
_DATA: Final = "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy"
_Block = Mapping[str, CloudValue]


def collection_opening(stack: Stack, one: Resource) -> Opening:
    """On the internet where a network policy that fits its name says so."""
    policies = [_blocks(each.get("policy")) for each in stack.of(_NETWORK) if each.get("type") != "encryption"]
    named = _name(one)
    if named is None or any(blocks is None for blocks in policies):
        return in_doubt("whether a network policy opens it is unknown until deploy")
    opened = (block for blocks in policies for block in blocks or () if block.get("AllowFromPublic") is True)
    rules = (rule for block in opened for rule in _rules(block))
    return OPEN if any(matches(each, f"collection/{named}") for rule in rules for each in _patterns(rule)) else SHUT


def data_policies(stack: Stack, one: Resource) -> tuple[PolicyDocument, ...]:
    """Who reads documents in it, as policies on it; one at least, as nobody does who is not named."""
    found = [_document(each.get("policy"), _name(one)) for each in stack.of(_DATA)]
    return tuple(found) or (PolicyDocument(),)


def _document(value: CloudValue, name: str | None) -> PolicyDocument:
    blocks = _blocks(value)
    if blocks is None or name is None:
        return PolicyDocument(doubt="a data access policy is unknown until deploy")
    return PolicyDocument(
        statements=tuple(_statement(block, rule) for block in blocks for rule in _reading(block, name))
    )


def _statement(block: _Block, rule: _Block) -> Statement:
    return Statement(
        effect="Allow",
        actions=tuple(text.lower() for text in texts(rule.get("Permission", ()))),
        principals=tuple(Principal(kind="AWS", name=text) for text in texts(block.get("Principal", ()))),
    )


def _reading(block: _Block, name: str) -> Iterator[_Block]:
    """Rules about an index of the collection, whichever."""
    about = (rule for rule in _rules(block) if rule.get("ResourceType") == "index")
    return (rule for rule in about if any(overlap(each, f"index/{name}/*") for each in _patterns(rule)))


def _rules(block: _Block) -> Iterator[_Block]:
    return (rule for rule in items(block.get("Rules", ())) if isinstance(rule, Mapping))


def _patterns(rule: _Block) -> tuple[str, ...]:
    return tuple(texts(rule.get("Resource", ())))


def _name(one: Resource) -> str | None:
    name = one.get("name")
    return name if isinstance(name, str) else None


def _blocks(value: CloudValue) -> tuple[_Block, ...] | None:
    """The blocks of a policy; None for one that is not known, or no JSON list of objects."""
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None
    blocks = tuple(one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()
    return blocks if isinstance(found, list) and len(blocks) == len(found) else None
