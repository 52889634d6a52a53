"""Sinks that are not an identity's own: the token that came last would take the place of another's, perhaps valid one.

Other tokens are kept beside the present one: in files whose names begin like its own, or in versions of its secret,
whichever member of that is meant. So neither may be another identity's sink.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from scanner.config.schema import ConfigFile
from scanner.config.secret_reference import SecretReference
from scanner.config.yaml_document import KeyPath
from scanner.gate.sink import kept_in


def shared_sinks(config: ConfigFile, base: Path) -> Iterator[tuple[KeyPath, str]]:
    """Each sink that another identity uses already; relative paths start at `base`."""
    used: dict[str, str] = {}
    for environment, settings in config.environments.items():
        for name, identity in settings.identities.items():
            if not identity.sink:
                continue
            places = _places(SecretReference.parse_sink(identity.sink), base)
            other = next((used[place] for place in places if place in used), None)
            if other is not None:
                at = ("environments", environment, "identities", name, "sink")
                yield at, f"the tokens of {other} are kept there: what comes for one would take the other's place"
            used |= dict.fromkeys(places, f"{name} of {environment}")


def _places(sink: SecretReference, base: Path) -> tuple[str, ...]:
    if sink.scheme != "file":
        return (sink.name,)
    return kept_in(os.path.normpath(base / Path(sink.name).expanduser()))
