"""The street of an address that was read with doubt, by the streets the pack knows in that district."""

from __future__ import annotations

from dataclasses import replace

from ocr.knowledge import regions
from ocr.knowledge.addresses import read_address, region_of
from ocr.port import FieldReading, Reading
from workstation.domain.items import Pack

ADDRESS = "address"
DOUBTFUL = 0.9
"""Below this confidence a reading is shown as doubtful anyhow."""


def with_known_streets(reading: Reading, pack: Pack) -> Reading:
    """Return the reading with the street of a doubtful address put right, where one street alone comes near.

    Only the streets of the district the address names are looked at: another town may have one of nearly the
    same name. The value stays doubtful and says that it was repaired.
    """
    address = reading.fields.get(ADDRESS)
    if address is None or not address.value or address.confidence >= DOUBTFUL:
        return reading
    found = _put_right(address, _streets_of(address.value, pack))
    return reading if found is address else replace(reading, fields={**reading.fields, ADDRESS: found})


def _streets_of(address: str, pack: Pack) -> frozenset[str]:
    region = region_of(address)
    codes = {code for code in pack.districts.values() if region and regions.full_name(code).endswith(region)}
    return frozenset(name for code, name in pack.streets.items() if pack.districts.get(code) in codes)


def _put_right(address: FieldReading, streets: frozenset[str]) -> FieldReading:
    corrected = read_address(address.value, streets=streets) if streets else None
    if corrected is None or not corrected.is_repaired:
        return address
    checks = dict.fromkeys((*address.checks, *corrected.checks))
    return replace(
        address,
        value=corrected.value,
        confidence=corrected.capped(address.confidence),
        checks=tuple(checks),
    )
