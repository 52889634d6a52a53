"""Fact types, one module a witness; `catalog.FACT_TYPES` lists them all."""
