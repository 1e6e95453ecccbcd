"""The code of a certificate on a picture: a phone under the camera or on the glass; nothing of it is kept."""

from __future__ import annotations

from typing import Protocol

from scanners.imaging.port import Barcode
from scanners.port import RawPage
from sync.contract.certificate import PREFIX
from workstation.domain.certificate_ids import parse_identifier
from workstation.services.darkroom import encode
from workstation.services.proof_errors import NoCodeSeen


class ScreenReader(Protocol):
    """Finds codes on a picture of a phone's screen."""

    def screen_codes(self, file: bytes) -> tuple[Barcode, ...]:
        """Return them.

        Raises:
            ScannerError: the process that looks cannot be had, or failed on this picture.
        """
        ...


def code_in(page: RawPage, reader: ScreenReader | None) -> str:
    """Return the text of the first code on a page that a certificate is shown with.

    Raises:
        NoCodeSeen: there is none, or nobody can look for it.
        ScannerError: the process that looks failed.
    """
    texts = [code.text for code in reader.screen_codes(encode(page))] if reader is not None else []
    found = next((text for text in texts if is_certificate(text)), None)
    if found is None:
        raise NoCodeSeen
    return found


def is_certificate(text: str) -> bool:
    """Return whether a text is a signed code or holds an identifier."""
    return text.startswith(PREFIX) or parse_identifier(text) is not None
