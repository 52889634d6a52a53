"""Fetching what partners send: the lists of their sender interfaces, after a registration and from then on."""
