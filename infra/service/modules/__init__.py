"""The modules of OCPI, each once: what differs between versions is a `Dialect`."""
