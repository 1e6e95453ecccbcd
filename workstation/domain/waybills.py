"""Waybill numbers: state-organ papers go by China Post or EMS only (邮政法 art. 55)."""

from __future__ import annotations

import re

_EMS = re.compile(r"(?:10|11)\d{11}|(?:50|51)\d{11}|(?:95|97|99)\d{11}")
_S10 = re.compile(r"[A-Z]{2}(\d{8})(\d)[A-Z]{2}")
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def is_postal(waybill: str) -> bool:
    """True for an EMS or China Post number: 13 digits of a postal range, or UPU S10 with its check digit."""
    text = waybill.strip().upper()
    if _EMS.fullmatch(text):
        return True
    match = _S10.fullmatch(text)
    return match is not None and s10_check_digit(match[1]) == int(match[2])


def s10_check_digit(serial: str) -> int:
    """Return the check digit of the eight serial digits of a UPU S10 number."""
    rest = 11 - sum(w * int(d) for w, d in zip(_WEIGHTS, serial, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)
