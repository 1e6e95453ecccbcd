"""A program that feeds forty sheets into a case and says of each page when it is safe, to be killed.

`python -m tests.acceptance.feeding SHEETS` loads everything once. Each line on its standard input, a JSON
object with `data` (a store with the case in it), `secret`, `case` and `darkroom`, starts one feed in a
process forked off; on its standard output it tells `fed PID`, then `page ID SHA256` for each page
acknowledged, and `over` once that process is gone. One that was quicker than its killer waits for it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from scanners.imaging.darkroom import Darkroom
from scanners.port import ScanJob, Source
from scanners.sane import SaneScanner
from tests.scanners.conftest import write_config
from workstation.domain.clock import now
from workstation.services.capture import Capture
from workstation.services.disk import DiskWatch
from workstation.services.profile import WindowProfile
from workstation.store.database import Store
from workstation.store.keys import DataKey

SHEETS = 40
SLOT = "household-register"
DEVICE = "pnm:0"
KILLED_BY_THEN_S = 60
PROFILE = WindowProfile(
    window_id="w-03",
    window_name="综合窗口 03",
    hall="华富街道政务服务大厅",
    street="HF",
    street_name="华富街道",
    clerk="王样本",
    number_prefix="W03",
    phone="0755-00000000",
    complaint_phone="12345",
)


def say(*words: object) -> None:
    """Tell whoever started this; the line is theirs even if this process dies with it."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def sheet_path(folder: Path, number: int) -> Path:
    """Return where sheet 1, 2, 3 ... of the stack lies."""
    return folder / f"sheet-{number}.ppm"


def feeder(folder: Path) -> SaneScanner:
    """Return libsane's file reader as a feeder of the sheets in `folder`."""
    return SaneScanner(
        config_dir=write_config(folder / "sane.d", backends="pnm\n"),
        sheet_options=lambda number: {"filename": str(sheet_path(folder, number))},
        sheet_fed=frozenset({DEVICE}),
    )


def feed(sheets: Path, order: Mapping[str, str]) -> None:
    """Feed the whole stack into the case."""
    store = Store.open(Path(order["data"]), DataKey(bytes.fromhex(order["secret"])))
    darkroom = Darkroom() if order["darkroom"] else None
    capture = Capture(
        store, feeder(sheets), PROFILE, now, DiskWatch(store.vault.free_bytes, 0, 0), darkroom=darkroom
    )
    job = ScanJob(device_id=DEVICE, source=Source.FEEDER, max_pages=SHEETS)
    for page in capture.scan(order["case"], SLOT, job):
        say("page", page.page_id, page.sha256)


def main() -> None:
    """Start a feed for each order."""
    sheets = Path(sys.argv[1])
    for line in sys.stdin:
        feeding = os.fork()
        if not feeding:
            feed(sheets, json.loads(line))
            time.sleep(KILLED_BY_THEN_S)
            os._exit(0)
        say("fed", feeding)
        os.waitpid(feeding, 0)
        say("over")


if __name__ == "__main__":
    main()
