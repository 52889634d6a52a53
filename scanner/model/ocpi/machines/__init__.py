"""What may happen to the objects of a module, and what may not: state machines as data."""
