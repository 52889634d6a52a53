"""Credentials tokens: how exactly they are compared, how strong they are, and what refusals give away."""
