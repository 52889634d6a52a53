"""Writes without a valid token: of objects of ours, at every receiver interface that we may write to."""
