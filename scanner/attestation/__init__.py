"""The attestation witness: what people state, read from files."""
