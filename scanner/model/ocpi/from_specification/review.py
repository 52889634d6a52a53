"""The listing that a person reads beside the specification before new data is committed."""

from collections.abc import Iterator, Mapping
from typing import Any


def review(documents: Mapping[str, Mapping[str, Any]]) -> str:
    """One section a version: counts, then each module, class and enumeration on a line."""
    lines = ["# The OCPI specification as data: review listing", "", "Generated together with the data files; compare"]
    lines += ["with the tables of the pages named. `?` optional, `*` any number, `+` at least one.", ""]
    for version, content in documents.items():
        lines += [f"## {version}", "", *_counts(content), ""]
        lines += [*_modules(content), "", *_classes(content), "", *_enums(content), ""]
    return "\n".join(lines).rstrip() + "\n"


def _counts(content: Mapping[str, Any]) -> Iterator[str]:
    properties = sum(len(c["properties"]) for c in content["classes"].values())
    values = sum(len(e["values"]) for e in content["enums"].values())
    yield f"Branch {content['source']['branch']}, commit {content['source']['commit']}."
    yield (
        f"{len(content['modules'])} modules, {len(content['classes'])} classes with {properties} properties, "
        f"{len(content['enums'])} enumerations with {values} values."
    )
    yield f"Status codes: {', '.join(content['status_codes'])}."


def _modules(content: Mapping[str, Any]) -> Iterator[str]:
    for name, module in content["modules"].items():
        sides = "; ".join(f"{side}: {' '.join(methods)}" for side, methods in module["sides"].items())
        yield f"- module `{name}` ({module['page']}), object {module['object'] or 'none of its own'}: {sides}"
        for side, methods in module["calls"].items():
            yield from (f"  - {side} {method}: {_call(call)}" for method, found in methods.items() for call in found)


def _call(call: Mapping[str, Any]) -> str:
    parameters = ", ".join(f"{name} {kind}" for name, kind in call["parameters"].items())
    parts = {"parameters": parameters, "body": " or ".join(call["body"]), "answer": " or ".join(call["answer"])}
    return "; ".join(f"{part} {text}" for part, text in parts.items() if text)


def _classes(content: Mapping[str, Any]) -> Iterator[str]:
    for name, declared in content["classes"].items():
        properties = ", ".join(f"{key} {kind}" for key, kind in declared["properties"].items())
        yield f"- `{name}` ({declared['page']}): {properties}"


def _enums(content: Mapping[str, Any]) -> Iterator[str]:
    for name, declared in content["enums"].items():
        kind = "open" if declared["open"] else "closed"
        yield f"- `{name}` ({declared['page']}, {kind}): {', '.join(declared['values'])}"
