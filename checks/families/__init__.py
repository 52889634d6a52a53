"""Check families, one module each, listed by hand in `checks.catalog`."""
