"""The objects of OCPI 2.1.1 as pydantic types: the specification's fields, lengths and enumerations."""
