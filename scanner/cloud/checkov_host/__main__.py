"""Checkov as a child process for a whole run: `PYTHON -I scanner/cloud/checkov_host < settings.json`.

Executed as a folder by an interpreter that has Checkov; it imports only the standard library and Checkov.
"""

from ocpi_posture_checkov.worker import main  # type: ignore[import-not-found] # found beside this file

if __name__ == "__main__":
    main()
