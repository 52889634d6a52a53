"""Commands that must be refused because what they are about does not exist, and results that nobody waits for."""
