"""The objects of OCPI 2.3.0 as pydantic types: the specification's fields, lengths and enumerations."""
