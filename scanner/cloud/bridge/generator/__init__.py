"""Maintainer's tool: makes `map.json.gz` from the published packages. The scanner never imports it.

`python -m scanner.cloud.bridge.generator --help` says what it wants.
"""
