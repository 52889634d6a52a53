"""The protocol witness: talks OCPI through the gate and says what it saw."""
