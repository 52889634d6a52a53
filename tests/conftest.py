"""What every test stands on: none of the developer's accounts and proxies, and properties that repeat exactly."""

import os

from hypothesis import settings

LEAKING = ("AWS_", "OCPI_", "PULUMI_", "CKV_", "BC_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FORCE_COLOR")
KEPT = "OCPI_SPECIFICATION_GIT"  # a checkout to read the specification from, for the tests that need one

for name in [name for name in os.environ if name.upper().startswith(LEAKING) and name != KEPT]:
    del os.environ[name]
os.environ |= {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_COLOR": "1",
}

settings.register_profile("house", derandomize=True, deadline=None, database=None)
settings.load_profile("house")
