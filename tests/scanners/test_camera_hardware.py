"""With a document camera plugged in, an A4 sheet under it and nothing else using it: pytest -m hardware."""

from __future__ import annotations

import pytest

from scanners.camera import CameraScanner
from scanners.port import ScanJob

pytestmark = pytest.mark.hardware


def test_a_real_camera_is_listed_and_takes_the_sheet_by_itself() -> None:
    driver = CameraScanner()
    devices = driver.devices()
    assert devices, "no camera is plugged in"
    (page,) = driver.scan(ScanJob(device_id=devices[0].id, max_pages=1), bool)
    assert page.width_px * page.height_px >= 4_000_000, "the largest picture the camera has"
    assert 120 < page.resolution_dpi < 400
