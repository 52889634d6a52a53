"""Templates that were compiled once: kept beside them in `__pycache__`, as Python keeps its own modules.

Compiling those of the report takes a quarter of a second of every scan. Where the folder cannot be written, or Python
was told to keep nothing there, they are compiled anew. What is kept follows from a template's text, the options of its
environment and Jinja's version alone: nothing is worked out while compiling (see `jinja_environment`).
"""

import sys
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, Final

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

_SEAL_BYTES: Final = sha256().digest_size


class CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates of one folder; one that is damaged, of another text or for other options is not there."""

    def __init__(self, templates: Path) -> None:
        made_by = f"{sys.implementation.cache_tag}-jinja2-{jinja2.__version__}"
        super().__init__(str(templates / "__pycache__"), f"%s.{made_by}.pyc")

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """What is kept of this template, or room for it."""
        made_from = self.get_source_checksum(f"{_options(environment)}\n{source}")
        bucket = _Sealed(environment, self.get_cache_key(name, filename), made_from)
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Into the bucket, if it is there."""
        if sys.pycache_prefix is None:
            with suppress(OSError):
                super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """From the bucket, if it can be kept."""
        if sys.dont_write_bytecode or sys.pycache_prefix is not None:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(mode=0o755, exist_ok=True)  # whoever writes there says what we run
            super().dump_bytecode(bucket)


class _Sealed(Bucket):
    """Kept behind a hash of itself: no byte of a damaged file is read as code."""

    def load_bytecode(self, f: BinaryIO) -> None:
        seal, kept = f.read(_SEAL_BYTES), f.read()
        if sha256(kept).digest() == seal:
            super().load_bytecode(BytesIO(kept))

    def write_bytecode(self, f: IO[bytes]) -> None:
        kept = BytesIO()
        super().write_bytecode(kept)
        f.write(sha256(kept.getvalue()).digest() + kept.getvalue())


def _options(environment: Environment) -> str:
    """Whether it escapes, how it trims ...: the compiled template has them in it."""
    return repr(sorted((name, value) for name, value in vars(environment).items() if isinstance(value, (bool, str))))
