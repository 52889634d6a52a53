"""Malformed messages made from a valid object: what a receiver must refuse, must not obey, or may take either way."""
