"""Registrations that we start: an operator hands us a partner's versions URL and CREDENTIALS_TOKEN_A."""
