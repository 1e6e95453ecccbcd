"""The identifier of an e-certificate (GB/T 36904): its parts, and a check character that only warns.

    1.2.156.3005.2 . type (18 characters of the ministry, 3 of the type) . issuer . serial . version . check

The check character is ISO 7064 MOD 37,36 over type, issuer, serial and version joined. Identifiers in use are
known to fail it, so a wrong one is said and never bars the question to the certificate service.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

ROOT = "1.2.156.3005.2."
_SHAPE = re.compile(
    r"1\.2\.156\.3005\.2\.(?P<kind>[0-9A-Z]{21})\.(?P<issuer>[0-9A-Z]{6,18})\.(?P<serial>[0-9A-Z]{1,40})"
    r"\.(?P<version>[0-9A-Z]{3})\.(?P<check>[0-9A-Z])"
)


@dataclass(frozen=True, slots=True)
class CertificateId:
    """One identifier, taken apart."""

    text: str
    kind: str
    """Type code, 21 characters."""
    issuer: str
    """USCC of the issuing body; shorter codes are in use."""
    serial: str
    version: str
    check_holds: bool
    """False: the check character is not the one computed; warn only."""


def parse_identifier(text: str) -> CertificateId | None:
    """Return the identifier in what a scanner typed; None when it is none.

    Spaces and lower case are accepted. A code that carries the identifier at the end of an address is too.
    """
    found = _SHAPE.search(re.sub(r"\s+", "", text).upper())
    if found is None:
        return None
    kind, issuer, serial, version = (found[part] for part in ("kind", "issuer", "serial", "version"))
    holds = check_character(kind + issuer + serial + version) == found["check"]
    return CertificateId(found[0], kind, issuer, serial, version, holds)


def check_character(joined: str) -> str:
    """Return the check character (ISO 7064 MOD 37,36) of the last parts joined."""
    return str(mod_37_36.calc_check_digit(joined))
