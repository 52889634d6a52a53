"""The runs of the past: a store, what follows from it, and who is told when something changes."""
