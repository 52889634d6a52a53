"""A partner of ours that is hostile, and how the target behaves as its client."""
