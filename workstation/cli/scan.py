"""`workstation scan`: what this machine can scan from."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from workstation.i18n import N_, _

if TYPE_CHECKING:
    from scanners.port import Device

SOURCES = {
    "FLATBED": N_("平板"),
    "FEEDER": N_("送纸器"),
    "DUPLEX": N_("双面送纸器"),
}


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
    from workstation.cli.wiring import drivers
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


def _plain(device: Device) -> dict[str, object]:
    return {
        "id": device.id,
        "name": device.name,
        "driver": device.driver,
        "sources": [source.value for source in device.sources],
    }
