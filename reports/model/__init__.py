"""The posture of a run, and the one fold that makes it."""
