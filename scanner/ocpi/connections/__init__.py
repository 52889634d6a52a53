"""Messages that do not arrive whole, messages that come back after it, and messages that are under way together."""
