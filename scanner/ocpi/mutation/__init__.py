"""Malformed messages at receiver interfaces: a valid object first, then its mutants, each read back."""
