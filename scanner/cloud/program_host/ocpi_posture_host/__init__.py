"""The inside of the child process; a package with a name that no Pulumi program has."""
