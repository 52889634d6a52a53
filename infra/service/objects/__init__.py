"""Types of OCPI objects that do not differ between versions."""
