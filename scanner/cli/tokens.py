"""Resolve the tokens of a configuration, and tell the redactor about each of them."""

import os
from pathlib import Path

from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration, IdentityKey
from scanner.config.secrets import SecretResolver
from scanner.model.secret import Secret


def resolver_of(configuration: Configuration) -> SecretResolver:
    """Relative paths start at the configuration file, or at the working directory if there is none."""
    base = configuration.file.absolute().parent if configuration.file else Path.cwd()
    return SecretResolver(base=base, variables=os.environ)


def resolved(configuration: Configuration, talk: Talk) -> dict[IdentityKey, Secret]:
    """The tokens of every identity.

    Raises: SecretError that names every reference which leads nowhere.
    """
    resolver = resolver_of(configuration)
    if configuration.file is None:
        tokens = {key: resolver.resolve(reference) for key, reference in configuration.tokens.items()}
    else:
        tokens = resolver.resolve_all(configuration.tokens)
    for token in tokens.values():
        talk.redactor.learn(token)
    return tokens
