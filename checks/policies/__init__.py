"""Checkov policies for an OCPI deployment: `checkov --external-checks-dir checks/policies`; loaded by Checkov alone."""
