"""Resolve the tokens of a configuration, and tell the redactor about each of them.

A token in the sink of an identity is newer than the one in its `token`: a registration of an earlier run brought it.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration, IdentityKey
from scanner.config.secrets import SecretResolver
from scanner.config.sinks import sinks_of
from scanner.errors import SecretError
from scanner.gate.sink import TokenSink
from scanner.model.secret import Secret


def resolver_of(configuration: Configuration) -> SecretResolver:
    """Relative paths start at the configuration file, or at the working directory if there is none."""
    base = configuration.file.absolute().parent if configuration.file else Path.cwd()
    return SecretResolver(base=base, variables=os.environ)


def resolved(configuration: Configuration, talk: Talk) -> dict[IdentityKey, Secret]:
    """The present token of every identity.

    Raises: SecretError that names every reference which leads nowhere.
    """
    resolver = resolver_of(configuration)
    newer = {key: token for key, sink in configuration.sinks.items() if (token := resolver.find(sink)) is not None}
    wanted = {key: reference for key, reference in configuration.tokens.items() if key not in newer}
    if configuration.file is None:
        tokens = {key: resolver.resolve(reference) for key, reference in wanted.items()}
    else:
        tokens = resolver.resolve_all(wanted)
    talk.redactor.learn_all([*newer.values(), *tokens.values()])
    return {**tokens, **newer}


def replaced(
    configuration: Configuration, present: Mapping[IdentityKey, Secret], talk: Talk
) -> dict[IdentityKey, tuple[Secret, ...]]:
    """The tokens that registrations of earlier runs replaced, as far as they are still kept; masked like any other."""
    resolver, found = resolver_of(configuration), dict[IdentityKey, tuple[Secret, ...]]()
    for key in configuration.sinks:
        with suppress(SecretError):
            token = resolver.resolve(configuration.tokens[key])
            if token != present.get(key):
                talk.redactor.learn(token)
                found[key] = (token,)
    return found


def agreed(configuration: Configuration, talk: Talk) -> dict[IdentityKey, Secret]:
    """The CREDENTIALS_TOKEN_A of each invitation, which the platform calls us with.

    Raises: SecretError.
    """
    resolver = resolver_of(configuration)
    found = {key: resolver.resolve(reference) for key, reference in configuration.agreed.items()}
    talk.redactor.learn_all(found.values())
    return found


def sinks(configuration: Configuration) -> dict[IdentityKey, TokenSink]:
    """Where new tokens of identities are kept."""
    return sinks_of(configuration.sinks, resolver_of(configuration).base)
