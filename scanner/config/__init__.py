"""ocpi-posture.yaml: what it may say, where each key stands, and what the scanner makes of it."""
