"""The reference deployment: the OCPI service and the Pulumi programs that deploy it."""
