"""Objects written to receiver interfaces, and read back: what every probe that writes has in common."""
