"""The OCPI specification as data, one file a version, and what is made of it."""
