"""Runs in Lambda: renews credentials tokens in the four steps of Secrets Manager. Standard library and boto3 only."""
