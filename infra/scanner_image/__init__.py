"""The image of the scheduled scanner, and what its container runs."""
