"""The command line, one module a command. Data goes to stdout, talk and progress to stderr.

Here alone flags and environment variables are read, and logging is set up.
"""

from scanner.cli.entry import main

__all__ = ["main"]
