"""Resolve the tokens of a configuration, and tell the redactor about each of them.

A token in the sink of an identity is newer than the one in its `token`: a registration of an earlier run brought it.
"""

import os
from collections.abc import Container, Mapping
from contextlib import suppress
from pathlib import Path

from scanner.cli.talk import Talk
from scanner.config.configuration import Configuration, IdentityKey
from scanner.config.secrets import SecretResolver
from scanner.config.sinks import sinks_of
from scanner.errors import SecretError
from scanner.gate.sink import NewToken, SinkFailed, TokenSink
from scanner.gate.standing_offers import standing_offer
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

    Raises: SecretError, also where the token of a registration before it is not settled.
    """
    if standing := standing_offers(configuration, configuration.agreed):
        raise SecretError("; ".join(standing.values()), "Until then no registration can be taken (`invited`).")
    resolver = resolver_of(configuration)
    found = {key: resolver.resolve(reference) for key, reference in configuration.agreed.items()}
    talk.redactor.learn_all(found.values())
    return found


def standing_offers(configuration: Configuration, keys: Container[IdentityKey]) -> dict[IdentityKey, str]:
    """What stands beside the tokens of some identities since an earlier scan ended, and the way back, a sentence each.

    A sink that cannot be read counts where the platform is to register again.
    """
    found = dict[IdentityKey, str]()
    for key, sink in sinks(configuration).items():
        if key not in keys:
            continue
        try:
            if sink.read(NewToken.OFFERED) is not None:
                found[key] = standing_offer(sink, key[1])
        except SinkFailed as failed:
            if key in configuration.agreed:
                found[key] = str(failed)
    return found


def sinks(configuration: Configuration) -> dict[IdentityKey, TokenSink]:
    """Where new tokens of identities are kept."""
    return sinks_of(configuration.sinks, resolver_of(configuration).base)
