"""`python -m scanner` is `ocpi-posture`."""

from scanner.cli import main

if __name__ == "__main__":
    main()
