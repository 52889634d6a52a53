"""How a credentials token is written into a header."""

from enum import StrEnum


class TokenEncoding(StrEnum):
    """How a credentials token stands in the Authorization header.

    OCPI 2.2.1 and later: Base64. 2.1.1 and many platforms: raw. The specification's own sample decodes to a token
    that ends in a newline, and platforms exist that were built after the sample.
    """

    BASE64 = "base64"
    RAW = "raw"
    BASE64_NEWLINE = "base64-newline"
