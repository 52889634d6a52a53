"""How Pulumi and Terraform spell the same name."""

import re
from typing import Final

_WORD_START: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIBILANT: Final = ("sses", "xes", "ches", "shes")


def snake(name: str) -> str:
    """`kmsKeyArn` to `kms_key_arn`, `graphQLApi` to `graph_ql_api`."""
    return _WORD_START.sub("_", name).lower()


def singular(word: str) -> str:
    """The last word in the singular, as far as English spelling is regular (`policies`, `addresses`, `rules`)."""
    if word.endswith("ies") and len(word) > len("ties"):
        return f"{word[:-3]}y"
    if word.endswith(_SIBILANT):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def folded(name: str) -> str:
    """What two spellings of one name have in common: no case, no underscores, no plural."""
    return singular(snake(name)).replace("_", "")


def camel(name: str) -> str:
    """`kms_key_arn` to `kmsKeyArn`."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)
