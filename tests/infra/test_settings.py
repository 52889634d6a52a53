from __future__ import annotations

import json
import subprocess

import pytest
import yaml

from infra.weaknesses import Weakness
from tests.infra.bad_configs import BAD_CONFIGS, BadConfig
from tests.infra.recorded_program import PROJECT, PYTHON, Recorded

KINDS = ("org", "test", "prod", "audit")


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


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_examples_run(outcomes, kind):
    assert isinstance(outcomes[kind], Recorded), outcomes[kind]


def test_the_schema_has_the_defaults_that_the_program_applies():
    schema = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    declared = {key: entry["default"] for key, entry in schema.items() if "default" in entry}
    assert declared == _applied_defaults()


def test_the_schema_has_the_settings_of_every_kind_and_no_other():
    schema = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    assert schema.keys() == _everything("{key for keys in kinds.KEYS.values() for key in keys}")


def _applied_defaults():
    return _everything(
        "stack_config.NOT_SET | organization_settings.DEFAULTS | settings.DEFAULTS | audit_settings.DEFAULTS"
    )


def _everything(expression):
    """Asked of the program itself, which needs Pulumi's own environment."""
    order = (
        "import json, sys; sys.path.insert(0, sys.argv[1])\n"
        "from infra import audit_settings, kinds, organization_settings, settings, stack_config\n"
        f"found = {expression}\n"
        "json.dump(sorted(found) if isinstance(found, set) else found, sys.stdout)"
    )
    said = subprocess.run([PYTHON, "-I", "-c", order, PROJECT], capture_output=True, text=True, check=True, timeout=500)
    found = json.loads(said.stdout)
    return set(found) if isinstance(found, list) else found


def test_every_setting_is_described_and_typed():
    schema = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    assert all(entry["description"] and entry["type"] for entry in schema.values())


def test_the_examples_set_only_what_the_schema_knows():
    schema = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    for name in KINDS:
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
