"""Runs in Lambda: the OCPI service behind API Gateway, on DynamoDB and Secrets Manager."""
