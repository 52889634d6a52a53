#!/bin/sh
# Print the path of a Python >= 3.11 that can make virtual environments; the tests run on 3.11, so it comes first.
# usage: find_python.sh [PYTHON]   a PYTHON that was asked for is the only one tried
set -u

fits='import sys, venv, ensurepip
sys.exit(0 if sys.version_info >= (3, 11) and not print(sys.executable) else 1)'

for name in ${1:-python3.11 python3.12 python3.13 python3.14 python3 python}; do
    # a name on PATH proves nothing (version managers leave dead ones there): run it
    found=$("$name" -c "$fits" 2>/dev/null) && [ -n "$found" ] && printf '%s\n' "$found" && exit 0
done

if [ -n "${1:-}" ]; then
    printf '%s\n' "$1 is not a Python >= 3.11 with the modules venv and ensurepip." >&2
else
    printf '%s\n' "No Python >= 3.11 with the modules venv and ensurepip was found on PATH." >&2
fi
printf '%s\n' "Install one (on Debian: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3.11" >&2
exit 1
