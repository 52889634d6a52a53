"""Registrations that the target starts, because its operator was told to: we are the side that is registered with."""
