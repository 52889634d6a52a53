"""Templates that were compiled once: kept beside them in `__pycache__`, as Python keeps its own modules.

Compiling those of the report takes a quarter of a second of every scan. Where the folder cannot be written, or Python
was told to keep nothing there, they are compiled anew. What is kept follows from a template's text and from Jinja's
version alone: nothing is worked out while compiling (see `jinja_environment`).
"""

import pickle
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates of one folder; one that is damaged, or of another text, counts as not there."""

    def __init__(self, templates: Path) -> None:
        made_by = f"{sys.implementation.cache_tag}-jinja2-{jinja2.__version__}"
        super().__init__(str(templates / "__pycache__"), f"%s.{made_by}.pyc")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Into the bucket, if it is there."""
        if sys.pycache_prefix is not None:
            return
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, pickle.UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """From the bucket, if it can be kept."""
        if sys.dont_write_bytecode or sys.pycache_prefix is not None:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
