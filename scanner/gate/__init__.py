"""The one way out: every request of every probe is decided, budgeted, journalled and sent here, and nowhere else."""
