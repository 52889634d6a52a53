"""`python -m infra.bundle`: install the libraries of the service into the folder that becomes the Lambda layer.

Wheels for Lambda's platform, whatever this machine is; versions and hashes from the committed requirements file. Beside
the folder lies the bill of materials, CycloneDX in JSON.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from infra.bill_of_materials import bill_of_materials, read_pins

_INFRA: Final = Path(__file__).resolve().parent
REQUIREMENTS: Final = _INFRA / "service_on_lambda" / "requirements.txt"
FOLDER: Final = _INFRA.parent / "build" / "lambda-libraries"
PYTHON_VERSION: Final = "3.13"  # as RUNTIME in infra/function.py
PLATFORM: Final = "manylinux2014_aarch64"  # as ARCHITECTURE there


def install_command(target: Path) -> list[str]:
    """With the pip of the interpreter that runs this."""
    return [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--require-hashes", "--no-deps", "--no-compile", "--only-binary", ":all:"),
        *("--platform", PLATFORM, "--implementation", "cp", "--python-version", PYTHON_VERSION),
        *("--target", str(target), "-r", str(REQUIREMENTS)),
    ]


def build(target: Path = FOLDER) -> None:
    """Fill `target` from nothing. Raises subprocess.CalledProcessError when pip fails."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    subprocess.run(install_command(target), check=True)
    write_bill_of_materials(target)


def write_bill_of_materials(target: Path) -> Path:
    """`<folder>.cdx.json` beside the folder; the same bytes for the same pins."""
    file = target.with_name(f"{target.name}.cdx.json")
    pins = read_pins(REQUIREMENTS.read_text(encoding="utf-8"))
    file.write_text(bill_of_materials("ocpi-service-libraries", pins), encoding="utf-8")
    return file


if __name__ == "__main__":
    try:
        build()
    except subprocess.CalledProcessError:
        sys.exit("The libraries could not be installed; run it with a Python that has pip and reaches its index.")
