"""Swap that is not shown to be encrypted is told to IT."""

from __future__ import annotations

from pathlib import Path

import pytest

from workstation.services.doctor import Level
from workstation.services.swap import swap

HEAD = "Filename\t\t\tType\t\tSize\tUsed\tPriority\n"


@pytest.mark.parametrize(
    ("devices", "level"),
    [
        ((), Level.GOOD),
        (("/dev/dm-0",), Level.GOOD),
        (("/dev/zram0",), Level.GOOD),
        (("/dev/dm-0", "/dev/zram0"), Level.GOOD),
        (("/dev/zram1",), Level.NOTE),
        (("/dev/dm-1",), Level.NOTE),
        (("/dev/sda3",), Level.NOTE),
        (("/swapfile",), Level.NOTE),
        (("/dev/dm-0", "/swapfile"), Level.NOTE),
    ],
)
def test_only_what_is_encrypted_or_in_memory_is_good(
    tmp_path: Path, devices: tuple[str, ...], level: Level
) -> None:
    for name, uuid in (("dm-0", "CRYPT-PLAIN-swap"), ("dm-1", "LVM-x")):
        (tmp_path / name / "dm").mkdir(parents=True)
        (tmp_path / name / "dm" / "uuid").write_text(f"{uuid}\n")
    for name, disk in (("zram0", "none"), ("zram1", "/dev/sda4")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "backing_dev").write_text(f"{disk}\n")
    swaps = tmp_path / "swaps"
    swaps.write_text(HEAD + "".join(f"{device}  partition  1  0  -2\n" for device in devices))
    finding = swap(swaps, tmp_path)
    assert finding.level is level
    assert level is Level.GOOD or (finding.todo and finding.what.endswith(devices[-1]))


def test_a_machine_that_does_not_tell_is_told_of(tmp_path: Path) -> None:
    assert swap(tmp_path / "none", tmp_path).level is Level.NOTE
