"""Run a Pulumi program without engine, provider and AWS: `PYTHON -I scanner/cloud/program_host < request.json`.

Executed as a folder by the interpreter of the program's own environment; it imports only the standard library and
pulumi.
"""

from ocpi_posture_host.host import main  # type: ignore[import-not-found] # found beside this file when run as a folder

if __name__ == "__main__":
    main()
