"""`workstation scan`: what this machine can scan from."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from workstation.i18n import N_, _

if TYPE_CHECKING:
    from scanners.port import Capability, Device

SOURCES = {
    "FLATBED": N_("平板"),
    "FEEDER": N_("送纸器"),
    "DUPLEX": N_("双面送纸器"),
}

MODES = {
    "RGB": N_("彩色"),
    "L": N_("灰度"),
}
PAPERS = {
    "A3": (297.0, 420.0),
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
}
"""Width and height in mm (ISO 216)."""
FEW = 5
"""Up to so many resolutions are named one by one on a line for people."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--list", action="store_true", required=True, help=_("列出扫描设备"))
    parser.add_argument("--json", action="store_true", help=_("输出 JSON"))


def run(args: argparse.Namespace) -> int:
    """List the devices of all drivers; a driver that fails is named on stderr and hides no other.

    Raises:
        ScannerError: there is no device; `NoDevice` unless a driver said why.
    """
    from scanners.errors import NoDevice, ScannerError
    from workstation.cli.devices import drivers
    from workstation.texts import describe

    devices: list[Device] = []
    failures: list[ScannerError] = []
    for driver in drivers(args.settings):
        try:
            devices += driver.devices()
        except ScannerError as error:
            failures.append(error)
    _show(devices, as_json=args.json)
    if not devices:
        raise failures[0] if failures else NoDevice()
    for failure in failures:
        print(describe(failure), file=sys.stderr)
    return 0


def _show(devices: Sequence[Device], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([_plain(device) for device in devices], ensure_ascii=False, indent=2))
        return
    for device in devices:
        sources = ", ".join(_(SOURCES[source]) for source in device.sources)
        print(f"{device.id}  {device.name}  {sources}  [{device.driver}]")
        for capability in device.capabilities:
            print(f"    {_(SOURCES[capability.source])}: {_words(capability)}")


def _words(capability: Capability) -> str:
    parts = [", ".join(_(MODES[mode]) for mode in capability.modes)]
    resolutions = capability.resolutions_dpi
    if resolutions:
        named = ", ".join(map(str, resolutions))
        parts.insert(
            0, (named if len(resolutions) <= FEW else f"{resolutions[0]}-{resolutions[-1]}") + " dpi"
        )
    if capability.largest_page_mm:
        width, height = capability.largest_page_mm
        papers = ", ".join(_papers(capability))
        parts.append(_("最大 {width:.0f} x {height:.0f} mm").format(width=width, height=height))
        parts += [papers] if papers else []
    return " · ".join(parts)


def _papers(capability: Capability) -> list[str]:
    return [name for name, size in PAPERS.items() if capability.largest_page_mm and capability.fits(size)]


def _plain(device: Device) -> dict[str, object]:
    return {
        "id": device.id,
        "name": device.name,
        "driver": device.driver,
        "sources": [source.value for source in device.sources],
        "capabilities": [_plain_capability(capability) for capability in device.capabilities],
    }


def _plain_capability(capability: Capability) -> dict[str, object]:
    return {
        "source": capability.source.value,
        "modes": [mode.value for mode in capability.modes],
        "resolutions_dpi": list(capability.resolutions_dpi),
        "largest_page_mm": list(capability.largest_page_mm) if capability.largest_page_mm else None,
        "papers": _papers(capability),
    }
