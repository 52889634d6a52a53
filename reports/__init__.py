"""Everything that is read: the posture model and one module a format."""
