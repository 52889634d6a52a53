"""Code of the function that says how old the newest evidence of each environment is."""
