"""The runner: every probe of every environment, side by side, through one gate, resumable at any moment."""
