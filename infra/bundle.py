"""`python -m infra.bundle`: install the libraries of the service into the folder that becomes the Lambda layer.

Wheels for Lambda's platform, whatever this machine is; versions and hashes from the committed requirements file. What
pip writes of this machine is taken out again, so the same pins give the same layer, byte by byte, wherever it is built:
compare the digest that is printed. Beside the folder lies the bill of materials, CycloneDX in JSON.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from infra.bill_of_materials import bill_of_materials, read_pins

_INFRA: Final = Path(__file__).resolve().parent
REQUIREMENTS: Final = _INFRA / "service_on_lambda" / "requirements.txt"
FOLDER: Final = _INFRA.parent / "build" / "lambda-libraries"
_NOTES: Final = frozenset({"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"})
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
    """Fill `target` from nothing; what was there stays until all is.

    Raises subprocess.CalledProcessError when pip fails.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".libraries-") as unfinished:
        fresh = Path(unfinished, target.name)
        subprocess.run(install_command(fresh), check=True)
        settle(fresh)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    write_bill_of_materials(target)


def settle(target: Path) -> None:
    """Take out what differs between two machines: scripts that name their interpreter, pip's own notes, modes.

    Lambda imports modules and needs none of it; the engine looks at names and bytes, not at times.
    """
    shutil.rmtree(target / "bin", ignore_errors=True)
    for file in sorted(target.rglob("*")):
        if file.name == "__pycache__":
            shutil.rmtree(file)
        elif file.parent.suffix == ".dist-info" and file.name in _NOTES:
            file.unlink()
        elif file.is_file():
            file.chmod(0o644)


def digest(target: Path) -> str:
    """SHA-256 over names and bytes of all files, sorted by name: two folders with the same one are the same layer."""
    files = sorted((file.relative_to(target).as_posix(), file) for file in target.rglob("*") if file.is_file())
    whole = hashlib.sha256()
    for name, file in files:
        whole.update(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {name}\n".encode())
    return whole.hexdigest()


def write_bill_of_materials(target: Path) -> Path:
    """`<folder>.cdx.json` beside the folder; the same bytes for the same pins."""
    file = target.with_name(f"{target.name}.cdx.json")
    pins = read_pins(REQUIREMENTS.read_text(encoding="utf-8"))
    file.write_text(bill_of_materials("ocpi-service-libraries", pins), encoding="utf-8")
    return file


if __name__ == "__main__":
    try:
        build()
        sys.stdout.write(f"{FOLDER}: sha256 {digest(FOLDER)}\n")
    except subprocess.CalledProcessError:
        sys.exit("The libraries could not be installed; run it with a Python that has pip and reaches its index.")
