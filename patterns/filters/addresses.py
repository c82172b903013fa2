"""IP addresses and blocks of them, as Event Ruler reads them.

An address is digits and dots (v4, leading zeros allowed) or hexadecimal digits and colons (v6). A v6 address that maps
a v4 one *is* that v4 one, as Java has it. A block must leave at least one bit free.
Source: aws/event-ruler, CIDR (ipToBytes, cidr); java.net.InetAddress, "Host name formats".
"""

import re
from ipaddress import AddressValueError, IPv6Address

Address = tuple[int, int]
"""(bits of the family: 32 or 128, the number)."""

_V4 = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
_V6 = re.compile(r"[0-9a-fA-F:]*:[0-9a-fA-F:]*")
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")


def address(text: str) -> Address | None:
    """The address this text spells, or None where it spells none."""
    if _V4.fullmatch(text):
        parts = [int(part) for part in text.split(".") if len(part) <= 9]
        if len(parts) < 4 or max(parts) > 255:
            return None
        return 32, parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]
    if _V6.fullmatch(text):
        try:
            found = IPv6Address(text)
        except AddressValueError:
            return None
        mapped = found.ipv4_mapped
        return (32, int(mapped)) if mapped is not None else (128, int(found))
    return None


def block(text: str) -> tuple[Address, int]:
    """A CIDR block: (an address in it, how many last bits are free). Raises ValueError with Ruler's sentence."""
    parts = text.split("/")
    while parts and not parts[-1]:  # as Java splits
        parts.pop()
    if len(parts) != 2:
        raise ValueError("Malformed CIDR, one '/' required")
    if not _INTEGER.fullmatch(parts[1]):
        raise ValueError("Malformed CIDR, mask bits must be an integer")
    mask = int(parts[1])
    if mask < 0:
        raise ValueError("Malformed CIDR, mask bits must not be negative")
    found = address(parts[0])
    if found is None:
        kind = "Invalid" if _V4.fullmatch(parts[0]) or _V6.fullmatch(parts[0]) else "Nonstandard"
        raise ValueError(f"{kind} IP address: {parts[0]}")
    bits, _ = found
    if mask >= bits:
        raise ValueError(f"{'IPv4' if bits == 32 else 'IPv6'} mask bits must be < {bits}")
    return found, bits - mask
