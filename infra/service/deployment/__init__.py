"""The private folder that a deployment on one machine lives in: certificates, settings, tokens, seed data."""
