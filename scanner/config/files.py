"""The files that the configuration names: asked for before a scan, so that nothing is sent with half of them."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

from scanner.config.cloud_config import CloudConfig
from scanner.config.environment_config import EndpointConfig, EnvironmentConfig
from scanner.config.schema import ConfigFile
from scanner.config.yaml_document import KeyPath, YamlDocument
from scanner.errors import Problem

_PROJECT = "Pulumi.yaml"


def file_problems(document: YamlDocument, config: ConfigFile, base: Path) -> tuple[Problem, ...]:
    """Every named file that is not there or not what it should be; `base` is where relative paths start."""
    found = [
        problem
        for name, environment in config.environments.items()
        for problem in _problems(("environments", name), environment, base)
    ]
    for index, folder in enumerate(config.attestations):
        if problem := _problem(base / folder, Path.is_dir, f"there is no folder {base / folder}"):
            found.append((("attestations", index), problem))
    return tuple(document.problem(path, message) for path, message in found)


def _problems(path: KeyPath, environment: EnvironmentConfig, base: Path) -> Iterator[tuple[KeyPath, str]]:
    for name, endpoint in environment.endpoints.items():
        if endpoint.ca_file and (problem := ca_problem(base / endpoint.ca_file)):
            yield (*path, "endpoints", name, "ca_file"), problem
        if problem := _client_problem(endpoint, base):
            yield (*path, "endpoints", name, "client_certificate_file"), problem
    yield from _projects((*path, "cloud"), environment.cloud, base)
    yield from _documents((*path, "cloud"), environment.cloud, base)


def _projects(path: KeyPath, cloud: CloudConfig, base: Path) -> Iterator[tuple[KeyPath, str]]:
    named = (
        *(("programs", name, one.directory) for name, one in cloud.programs.items()),
        *(("previews", name, one.directory) for name, one in cloud.previews.items()),
        *(("states", name, one.directory) for name, one in cloud.states.items()),
    )
    for section, name, folder in named:
        if folder is None:
            continue
        if problem := _problem(base / folder / _PROJECT, Path.is_file, f"there is no {_PROJECT} in {base / folder}"):
            yield (*path, section, name, "directory"), problem


def _documents(path: KeyPath, cloud: CloudConfig, base: Path) -> Iterator[tuple[KeyPath, str]]:
    named = (
        *((("previews", name, "file"), one.file) for name, one in cloud.previews.items()),
        *((("previews", name, "state"), one.state) for name, one in cloud.previews.items()),
        *((("states", name, "file"), one.file) for name, one in cloud.states.items()),
        *((("terraform_plans", name, "file"), one.file) for name, one in cloud.terraform_plans.items()),
        *((("templates", name, "file"), one.file) for name, one in cloud.templates.items()),
    )
    for key, file in named:
        if file is None:
            continue
        if problem := _problem(base / file, Path.is_file, f"there is no file {base / file}"):
            yield (*path, *key), problem


def _problem(place: Path, is_there: Callable[[Path], bool], missing: str) -> str | None:
    """`missing` if it is not there, or why nobody can tell; None if it is."""
    try:
        return None if is_there(place) else missing
    except OSError as error:
        return f"{place} cannot be read: {(error.strerror or 'failed').lower()}"


def _client_problem(endpoint: EndpointConfig, base: Path) -> str | None:
    """Why the two files are no client certificate and its key; None if they are, or neither is named."""
    files = (endpoint.client_certificate_file, endpoint.client_key_file)
    if files == (None, None):
        return None
    if None in files:
        return "`client_certificate_file` and `client_key_file` go together"
    certificate, key = (base / str(file) for file in files)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password=b"")
    except ssl.SSLError:
        return f"{certificate} and {key} are no certificate in PEM and its key, without a password"
    except OSError as error:
        return f"{certificate} or {key} cannot be read: {(error.strerror or 'failed').lower()}"
    return None


def ca_problem(file: Path) -> str | None:
    """Why the file is no PEM of CA certificates; None if it is."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
    except ssl.SSLError:
        return f"{file} holds no certificate in PEM"
    except OSError as error:
        return f"{file} cannot be read: {(error.strerror or 'failed').lower()}"
    return None
