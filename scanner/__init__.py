"""Everything that looks: the gate, the probes of each witness, the runner, the history and the command line."""
