"""Commands that move a named EVSE, and where their results go."""
