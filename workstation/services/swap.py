"""Does this machine swap memory to a disk in the clear? What was decrypted may then lie there for long."""

from __future__ import annotations

from pathlib import Path

from workstation.i18n import _
from workstation.services.doctor import Finding, Level, good

SWAPS, BLOCKS = Path("/proc/swaps"), Path("/sys/class/block")
IN_MEMORY = "zram"
"""Devices of this name are compressed memory; a backing disk of theirs is told apart."""
NO_DISK = ("", "none")


def swap(swaps: Path = SWAPS, blocks: Path = BLOCKS) -> Finding:
    """Judge where memory is swapped to; what cannot be shown to be encrypted is told.

    A swap file takes after the file system below it, which this does not see: it is told as well.
    """
    try:
        lines = swaps.read_text().splitlines()[1:]
    except OSError:
        return Finding(topic="swap", level=Level.NOTE, what=_("看不出本机是否使用交换分区"))
    devices = [line.split()[0] for line in lines if line.strip()]
    if not devices:
        return good("swap", _("没有使用交换分区"))
    plain = [device for device in devices if not _is_safe(device, blocks)]
    if not plain:
        return good("swap", _("交换分区已加密或在内存中"))
    what = _("交换分区不能确定已加密: {devices}").format(devices=", ".join(plain))
    todo = _("请加密或关闭交换分区, 解密后的内容可能被写入其中; 整盘加密的可不理会")
    return Finding(topic="swap", level=Level.NOTE, what=what, todo=todo)


def _is_safe(device: str, blocks: Path) -> bool:
    name = Path(device).resolve().name
    if name.startswith(IN_MEMORY):
        return _line(blocks / name / "backing_dev") in NO_DISK
    return _line(blocks / name / "dm" / "uuid").startswith("CRYPT-")


def _line(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
