"""What references stand for in policy documents of a template: the ARNs and names that resources will have."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from scanner.cloud.bridge.template_names import TemplateNames
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.loaders.cloudformation.conditions import Known
from scanner.cloud.loaders.cloudformation.converter import Converter
from scanner.cloud.loaders.cloudformation.written import Written
from scanner.cloud.one_line import one_line
from scanner.model.late_dataclass import dataclass
from scanner.model.made_up_arns import OWN, POLICIES, made_up_arn, physical_name
from scanner.model.resource import CloudValue

# Those of which `Ref` gives the ARN, and those of which it gives something else than the name.
_REF_IS_ARN: Final = frozenset(
    {"aws:secretsmanager/secret:Secret", "aws:sns/topic:Topic", "aws:iam/policy:Policy"}
)  # fmt: skip
_REF_IS_URL: Final = frozenset({"aws:sqs/queue:Queue"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """What `Fn::GetAtt` of `Arn` and `Ref` give, by logical id; pseudo parameters that nobody gave."""

    arns: Mapping[str, str]
    refs: Mapping[str, CloudValue]


def made_up(written: Iterable[Written], names: TemplateNames, known: Known) -> MadeUp:
    """Of all resources that policies name."""
    converter = Converter(names=names, known=known)
    arns: dict[str, str] = {}
    refs: dict[str, CloudValue] = {"AWS::AccountId": _given(known, "AWS::AccountId") or OWN}
    refs["AWS::Region"] = region = _given(known, "AWS::Region") or "*"
    for one in written:
        found = names.types.get(one.kind)
        if found is None:
            continue
        token, table = found
        called = one_line(one.name)
        inputs = converter.resource(table, one.properties).inputs if made_up_arn(
            token, called, {}, account=None, region=None
        ) else {}  # fmt: skip
        arn = made_up_arn(token, called, inputs, account=_given(known, "AWS::AccountId"), region=region)
        name = physical_name(token, called, inputs)
        if arn is None or name is None:
            continue
        arns[one.name] = arn
        if token not in _REF_IS_URL:
            refs[one.name] = arn if token in _REF_IS_ARN else name
    return MadeUp(arns=arns, refs=refs)


@cache
def documents_of(token: str) -> frozenset[str]:
    """The properties of a type that take policy documents and the like."""
    return POLICIES | frozenset(token_map().json_text.get(token, ()))


def _given(known: Known, name: str) -> str | None:
    value = known.pseudo.get(name)
    return value if isinstance(value, str) else None
