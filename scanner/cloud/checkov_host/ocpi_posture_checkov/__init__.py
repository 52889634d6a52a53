"""Checkov as a worker for a whole run. Imports the standard library, and Checkov once nothing reaches the network."""
