"""A child process of ours in the Pulumi program's environment; the folder is run, never imported."""
