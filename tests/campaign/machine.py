"""A machine of the campaign: its processes, its clock, and a disk that keeps nothing but what was synced."""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import shutil
import signal
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

SOURCE = Path(__file__).with_name("shim.c")
FIELDS = ("clock_shift_s", "syncs", "fail_from", "fail_count", "die_at", "keep_shadow")
"""Of the page shared with the shim: one signed 64-bit word each."""
PDEATHSIG = 1
STATUS_CRASHED = 70
"""Exit status of a child whose own code failed."""


def build_shim(folder: Path) -> tuple[Path | None, str]:
    """Compile the shim; without it, say why."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None, "no C compiler"
    library = folder / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl"]
    made = subprocess.run(command, capture_output=True, text=True)
    return (library, "") if made.returncode == 0 else (None, made.stderr.strip()[:200])


def has_shim() -> bool:
    """True when this process was started with the shim."""
    return hasattr(ctypes.CDLL(None), "campaign_watch")


def die_with_parent() -> None:
    """Let the kernel end this child when the driver dies."""
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGKILL)


class Machine:
    """Processes that share a folder, with the control page and the shadow of what is on its disk for good."""

    def __init__(self, root: Path) -> None:
        """Take over a folder as it is now."""
        self.root = root
        self._shadow = root.with_name(f"{root.name}.shadow")
        self._page = root.with_name(f"{root.name}.control")
        self._page.write_bytes(bytes(8 * len(FIELDS)))
        with self._page.open("r+b") as opened:
            self._words = mmap.mmap(opened.fileno(), 8 * len(FIELDS))
        self.pids: set[int] = set()
        self.was_slowed = False
        """A fault of its disk was armed: it may refuse work."""

    def get(self, field: str) -> int:
        """Return a word of the control page."""
        return int(struct.unpack_from("q", self._words, 8 * FIELDS.index(field))[0])

    def set(self, field: str, value: int) -> None:
        """Write a word of the control page."""
        struct.pack_into("q", self._words, 8 * FIELDS.index(field), value)

    def guard(self) -> None:
        """Begin to keep what is durable; everything that lies in the folder now is."""
        shutil.rmtree(self._shadow, ignore_errors=True)
        self._shadow.mkdir()
        self.set("keep_shadow", 1)
        for folder, _folders, files in os.walk(self.root):
            place = Path(folder)
            lines = [f"{entry.inode()} {entry.name}\n" for entry in os.scandir(place)]
            (self._shadow / f"d{place.stat().st_ino}").write_text("".join(lines))
            for name in files:
                shutil.copyfile(place / name, self._shadow / f"f{(place / name).stat().st_ino}")

    def fork(self, work: Callable[[], int | None], *, errors: Path) -> int:
        """Run `work` in a child that lives on this machine; return its process id."""
        child = os.fork()
        if child:
            self.pids.add(child)
            return child
        status = STATUS_CRASHED
        try:
            handle = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(handle, 2)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            die_with_parent()
            self._join()
            status = work() or 0
        except BaseException:  # noqa: BLE001 - the outermost rim of a child
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)

    def _join(self) -> None:
        library = ctypes.CDLL(None)
        if hasattr(library, "campaign_watch"):
            paths = (str(self.root).encode(), str(self._shadow).encode(), str(self._page).encode())
            if library.campaign_watch(*paths) != 0:
                raise OSError("the shim does not take over")

    def kill(self, pid: int) -> None:
        """End a process at once."""
        if pid in self.pids:
            self.pids.discard(pid)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def limit_files(self, size: int) -> None:
        """Let no file grow beyond `size` bytes, as on a full disk; -1 ends it."""
        self.was_slowed = self.was_slowed or size >= 0
        for pid in self.pids:
            hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size < 0 else size, hard))

    def fail_syncs(self, count: int) -> None:
        """Let the next `count` syncs fail."""
        self.was_slowed = True
        self.set("fail_count", count)
        self.set("fail_from", self.get("syncs") + 1)

    def heal(self) -> None:
        """End every fault of the disk; the clock stays as it is."""
        self.set("fail_from", 0)
        self.set("die_at", 0)
        self.limit_files(-1)

    def cut_power(self, dice: Random | None) -> None:
        """End all processes and leave on the disk what was synced.

        With `dice`, each name and each file that was not synced may have been written all the same: a disk
        promises nothing either way.
        """
        for pid in tuple(self.pids):
            self.kill(pid)
        rebuilt = self.root.with_name(f"{self.root.name}.rebuilt")
        self._rebuild(self.root.stat().st_ino, self.root, rebuilt, dice)
        shutil.rmtree(self.root)
        rebuilt.rename(self.root)
        self.guard()

    def _rebuild(self, inode: int, live: Path, target: Path, dice: Random | None) -> None:
        target.mkdir()
        durable = self._names(inode)
        present = {entry.name: entry.inode() for entry in os.scandir(live)} if live.is_dir() else {}
        for name in sorted({*durable, *present}):
            chosen = durable.get(name)
            if dice is not None and present.get(name) != chosen and dice.random() < 0.5:
                chosen = present.get(name)
            if chosen is not None:
                self._place(chosen, live / name, present.get(name) == chosen, target / name, dice)

    def _place(self, inode: int, live: Path, is_live: bool, target: Path, dice: Random | None) -> None:
        if (self._shadow / f"d{inode}").exists() or (is_live and live.is_dir()):
            self._rebuild(inode, live if is_live else Path("/nonexistent"), target, dice)
            return
        kept = self._shadow / f"f{inode}"
        if is_live and dice is not None and dice.random() < 0.5:
            shutil.copyfile(live, target)
        elif kept.exists():
            shutil.copyfile(kept, target)
        else:
            target.touch()
        target.chmod(0o600)

    def _names(self, inode: int) -> dict[str, int]:
        listing = self._shadow / f"d{inode}"
        if not listing.exists():
            return {}
        pairs = (line.split(" ", 1) for line in listing.read_text().splitlines())
        return {name: int(number) for number, name in pairs}
