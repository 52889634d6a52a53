"""Runs in Lambda: credentials token to partner, and what the partner may call. Standard library and boto3 only."""
