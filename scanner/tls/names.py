"""Does a certificate name the server? RFC 9525: subjectAltName only, a wildcard is the whole left-most label."""

import ipaddress


def certificate_names(host: str, dns_names: tuple[str, ...], ip_addresses: tuple[str, ...]) -> bool:
    """True where `host` (a DNS name or an IP address) is one of the names, RFC 9525 section 6.3 and 6.5."""
    try:
        wanted = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return any(_dns_name_matches(host, name) for name in dns_names)
    return str(wanted) in ip_addresses


def _dns_name_matches(host: str, presented: str) -> bool:
    host, presented = host.rstrip(".").lower(), presented.lower()
    if not presented.startswith("*."):
        return host == presented
    first, _, rest = host.partition(".")
    return bool(first) and rest == presented[2:] and "." in rest
