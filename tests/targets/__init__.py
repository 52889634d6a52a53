"""Servers and accounts with seeded faults, for tests."""
