"""One page from each source of a real device: `WORKSTATION_DEVICE=ID pytest -m hardware tests/hardware`."""

from __future__ import annotations

import os

import pytest

from scanners.port import Device, Mode, ScanJob, Source
from scanners.sane import SaneScanner

pytestmark = pytest.mark.hardware


@pytest.fixture(scope="module")
def scanner() -> SaneScanner:
    return SaneScanner()


@pytest.fixture(scope="module")
def device(scanner: SaneScanner) -> Device:
    wanted = os.environ.get("WORKSTATION_DEVICE", "")
    found = {device.id: device for device in scanner.devices()}
    assert wanted in found, f"WORKSTATION_DEVICE must be one of {sorted(found)}"
    return found[wanted]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("source", list(Source))
def test_each_source_gives_a_page_of_the_size_and_colour_asked(
    scanner: SaneScanner, device: Device, source: Source
) -> None:
    capability = device.capability(source)
    if capability is None:
        pytest.skip(f"{device.name} has no {source.value}")
    size = (210.0, 297.0)
    assert capability.fits(size)
    job = ScanJob(device_id=device.id, source=source, resolution_dpi=200, page_size_mm=size, max_pages=2)
    pages = list(scanner.scan(job, bool))
    assert len(pages) == {Source.FLATBED: 1, Source.DUPLEX: 2}.get(source, len(pages))
    for page in pages:
        assert page.mode is Mode.COLOUR
        assert page.resolution_dpi >= 200
        for pixels, length in zip((page.width_px, page.height_px), size, strict=True):
            assert abs(pixels * 25.4 / page.resolution_dpi - length) < 8
