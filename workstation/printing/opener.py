"""Hand a finished paper to the printer, or show it; and say only what really happened.

`lp` takes a job into the queue of CUPS; whether paper came out, only a person at the printer can see.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from workstation.i18n import N_, _

LP_TIMEOUT_S = 15.0
"""How long `lp` may take to accept a job."""
VIEWER_GRACE_S = 3.0
"""A viewer that has not failed after this long counts as open; some openers live as long as the window."""


class Handling(StrEnum):
    """What became of the paper."""

    SENT = "SENT"
    """The print queue has accepted it."""
    UNCERTAIN = "UNCERTAIN"
    """The queue did not answer in time: it may print or not."""
    SHOWN = "SHOWN"
    """Not sent to any printer; the system's viewer shows it."""
    SAVED = "SAVED"
    """Neither: the file lies on disk."""


_WORDS = {
    Handling.SENT: N_("已送打印机 {printer} (任务 {job}), 请到打印机旁确认出纸"),
    Handling.UNCERTAIN: N_(
        "打印机 {printer} 没有应答, 可能已送达: 请先到打印机旁看, 再决定是否重打; 文件在 {path}"
    ),
    Handling.SHOWN: N_("没有送打印机 ({reason}), 已在阅读器中打开, 请从阅读器打印; 文件在 {path}"),
    Handling.SAVED: N_("未找到打印机 ({reason}), 文件在 {path}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """The result, with all that its sentence needs."""

    handling: Handling
    path: Path
    printer: str = ""
    job: str = ""
    """The queue's own name of the job, as `lp` prints it."""
    reason: str = ""
    """Why it was not sent, in words."""

    def __str__(self) -> str:
        """One sentence for the clerk, in the installed language."""
        printer = self.printer or _("(系统默认)")
        return _(_WORDS[self.handling]).format(
            printer=printer, job=self.job or "-", path=self.path, reason=self.reason
        )


def open_or_print(path: Path, printer: str | None = None, *, lp_timeout_s: float = LP_TIMEOUT_S) -> Handled:
    """Send the file to the printer; where that is not possible, show it.

    Args:
        path: the finished PDF.
        printer: name of the CUPS queue; empty for the system's default; None to show it without printing.
        lp_timeout_s: how long the queue may take to answer, in seconds.
    """
    if printer is None:
        return show(path, reason=_("按要求只查看"))
    if shutil.which("lp") is None:
        return show(path, reason=_("本机没有打印服务"))
    # The C locale keeps the job line of `lp` in the form that `_job` reads.
    destination = ["-d", printer] if printer else []
    try:
        done = subprocess.run(
            ["lp", *destination, "--", str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=lp_timeout_s,
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Handled(handling=Handling.UNCERTAIN, path=path, printer=printer)
    except OSError as error:
        return show(path, reason=str(error.strerror or error))
    job = _job(done.stdout.decode(errors="replace"))
    if done.returncode == 0 and job:
        return Handled(handling=Handling.SENT, path=path, printer=printer, job=job)
    return show(path, reason=_first_line(done.stderr) or _("打印服务没有接受任务"))


def _job(answer: str) -> str:
    """Return the job from `request id is NAME-12 (1 file(s))`; an exit code 0 without one is no proof."""
    _before, found, after = answer.partition("request id is ")
    return after.split()[0] if found and after.split() else ""


def _first_line(answer: bytes) -> str:
    lines = answer.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else ""


def show(path: Path, *, reason: str, grace_s: float = VIEWER_GRACE_S) -> Handled:
    """Open the file in the system's viewer, if there is a desktop; `reason` says why it is not printed."""
    has_desktop = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    # Without a desktop the opener would start a text browser in the middle of the program's own screen.
    is_open = has_desktop and shutil.which("xdg-open") is not None and _is_opened(path, grace_s)
    return Handled(handling=Handling.SHOWN if is_open else Handling.SAVED, path=path, reason=reason)


def _is_opened(path: Path, grace_s: float) -> bool:
    quiet = subprocess.DEVNULL
    try:
        viewer = subprocess.Popen(
            ["xdg-open", str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
    except OSError:
        return False
    try:
        return viewer.wait(grace_s) == 0
    except subprocess.TimeoutExpired:
        threading.Thread(target=viewer.wait, name="viewer", daemon=True).start()
        return True
