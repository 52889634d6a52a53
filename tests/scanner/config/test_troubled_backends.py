"""`troubled_backends:` of an environment: what its operator has arranged for the time of a scan."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from scanner.config.schema import ConfigFile
from scanner.config.targets import environment_target
from scanner.model.target import BackendTrouble, TroubledBackend


def arranged(troubles: object) -> tuple[TroubledBackend, ...]:
    config = ConfigFile.model_validate({"environments": {"test": {"troubled_backends": troubles}}})
    return environment_target("test", config.environments["test"], config, Path()).troubled_backends


def test_each_module_has_one_trouble_and_none_is_arranged_by_itself():
    assert arranged({}) == ()
    assert arranged({"tariffs": "hangs"}) == (TroubledBackend(module="tariffs", trouble=BackendTrouble.HANGS),)
    all_of_them = {"a": "hangs", "b": "fails", "c": "lies", "d": "floods"}
    assert [one.trouble for one in arranged(all_of_them)] == list(BackendTrouble)


@pytest.mark.parametrize("troubles", [{"tariffs": "burns"}, ["tariffs"], "tariffs"])
def test_what_is_no_trouble_is_refused(troubles: object):
    with pytest.raises(ValidationError):
        arranged(troubles)
