"""Entry of the Pulumi program: `pulumi up` runs this folder."""

import sys
from pathlib import Path

# The engine puts this folder itself on sys.path, where the package `infra` cannot be found.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from infra import kinds

kinds.deploy()
