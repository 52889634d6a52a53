"""Reads in depth: every page, every object, and odd questions about pages."""
