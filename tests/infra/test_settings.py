from __future__ import annotations

import pytest
import yaml

from infra.weaknesses import Weakness
from tests.infra.bad_configs import BAD_CONFIGS, BadConfig
from tests.infra.recorded_program import PROJECT, Recorded


@pytest.mark.parametrize("case", BAD_CONFIGS, ids=lambda case: case.name)
def test_a_wrong_value_is_refused_with_its_key_and_what_to_set(outcomes, case: BadConfig):
    sentence = outcomes[f"bad {case.name}"]
    assert isinstance(sentence, str), "the program ran"
    assert sentence.startswith("config ocpi-posture:")
    for words in case.says:
        assert words in sentence
    assert "\n" not in sentence


def test_the_names_of_the_cases_are_unique():
    assert len({case.name for case in BAD_CONFIGS}) == len(BAD_CONFIGS)


@pytest.mark.parametrize("environment", ["test", "prod"])
def test_the_shipped_examples_run(outcomes, environment):
    assert isinstance(outcomes[environment], Recorded)


def test_the_schema_has_the_defaults_that_the_program_applies():
    schema = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    source = (PROJECT / "infra" / "settings.py").read_text()
    body = source.split("DEFAULTS: Final[dict[str, Any]] = ", 1)[1].split("\n}\n", 1)[0] + "\n}"
    declared = {key: entry["default"] for key, entry in schema.items() if "default" in entry}
    assert declared == yaml.safe_load(body.replace(",\n}", "\n}"))


def test_every_setting_is_described_and_typed():
    schema = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    assert all(entry["description"] and entry["type"] for entry in schema.values())


def test_the_examples_set_only_what_the_schema_knows():
    schema = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    for name in ("test", "prod"):
        config = yaml.safe_load((PROJECT / f"Pulumi.example-{name}.yaml").read_text())["config"]
        assert {key.removeprefix("ocpi-posture:") for key in config} <= schema.keys()


def test_no_module_of_the_program_hides_one_of_python_or_its_packages():
    import sys  # noqa: PLC0415 - what is compared

    packages = {
        path.name for path in (PROJECT / "infra" / ".venv").glob("lib/python*/site-packages/*") if path.is_dir()
    }
    own = {path.stem for path in (PROJECT / "infra").glob("*.py")} | {
        p.parent.name for p in PROJECT.glob("infra/*/__init__.py")
    }
    assert not (own - {"__init__", "__main__"}) & (set(sys.stdlib_module_names) | packages)


def test_weaknesses_are_kebab_case_and_at_least_forty():
    assert len(Weakness) >= 40
    assert all(weakness.value == weakness.name.lower().replace("_", "-") for weakness in Weakness)
