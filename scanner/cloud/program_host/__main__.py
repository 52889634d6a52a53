"""Run a Pulumi program without engine, provider and AWS: `PYTHON -I scanner/cloud/program_host < request.json`.

Executed as a folder by the interpreter of the program's own environment; it imports only the standard library and
pulumi.
"""

import gc

# Loading a cloud SDK makes hundreds of thousands of objects that all stay: looking for garbage among them, even once,
# takes a twentieth of the time.
gc.set_threshold(1_000_000, 20, 20)

from ocpi_posture_host.host import main  # type: ignore[import-not-found] # noqa: E402 - found beside this file

if __name__ == "__main__":
    main()
