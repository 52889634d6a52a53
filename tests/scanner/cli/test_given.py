"""What a command line said comes back from the note of a run as it was, and holds references only."""

import json
from pathlib import Path

import pytest

from scanner.cli.bare_url import BareUrl
from scanner.cli.given import Given
from scanner.cli.run_note import new_note, open_folder, read_note
from scanner.config.looking import looking_sha256
from scanner.model.effect import Mode
from tests.scanner.cli.targets import endpoint, write_config

URL = "https://ocpi.example.com/ocpi/versions"


@pytest.mark.parametrize(
    "given",
    [
        Given(bare=BareUrl(versions_url=URL)),
        Given(bare=BareUrl(versions_url=URL, token="env:OCPI_TOKEN", party="DE-ONE", allow_internal=True), budget=7),
        Given(file=Path("/etc/x.yaml"), environments=("a", "b"), mode=Mode.EXERCISE, budget=1, max_refusals=0),
    ],
)
def test_it_comes_back_as_it_was(given):
    assert Given.from_json(json.loads(json.dumps(given.to_json()))) == given


def test_a_bare_url_leads_to_the_same_configuration_again(tmp_path):
    given = Given(bare=BareUrl(versions_url=URL, token="env:OCPI_TOKEN", party="DE-ONE"), budget=9, max_refusals=486)
    open_folder(tmp_path / "run", new_note(given.configuration(), given=given))
    note = read_note(tmp_path / "run")
    assert note.given is not None
    assert note.looking_sha256 == looking_sha256(note.given.configuration())
    limits = note.given.configuration().targets[0].limits
    assert (limits.max_requests, limits.max_refusals) == (9, 486)


def test_a_file_is_found_from_another_folder_with_the_options_of_the_run(tmp_path, monkeypatch):
    write_config(tmp_path, {"main": endpoint(URL)})
    monkeypatch.chdir(tmp_path)
    given = Given(file=Path("ocpi-posture.yaml"), environments=("test",), mode=Mode.EXERCISE, budget=5)
    kept = json.loads(json.dumps(given.to_json()))
    monkeypatch.chdir("/")
    (target,) = Given.from_json(kept).configuration().targets
    assert (target.name, target.mode, target.limits.max_requests) == ("test", Mode.EXERCISE, 5)


def test_the_note_of_a_run_before_the_budget_of_refusals_could_be_given_is_still_understood():
    kept = json.loads(json.dumps(Given(file=Path("/x"), budget=5).to_json()))
    del kept["max_refusals"]
    assert Given.from_json(kept) == Given(file=Path("/x"), budget=5)


def test_a_file_that_moved_keeps_the_options():
    given = Given(file=Path("/old.yaml"), mode=Mode.EXERCISE)
    assert given.with_file(Path("/new.yaml")) == Given(file=Path("/new.yaml"), mode=Mode.EXERCISE)
    assert given.with_file(None) is given


@pytest.mark.parametrize("damage", [{"mode": "soft"}, {"bare": {"versions_url": 1, "x": 2}}, {"environments": None}])
def test_a_damaged_note_is_refused(damage):
    kept = {"bare": None, "file": "/x", "environments": [], "mode": None, "budget": None, **damage}
    with pytest.raises((KeyError, TypeError, ValueError)):
        Given.from_json(kept)
