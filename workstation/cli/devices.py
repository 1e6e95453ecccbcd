"""What this machine is wired to: scanners, printer, viewer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.settings import Settings
from workstation.i18n import _

if TYPE_CHECKING:
    from scanners.port import Scanner
    from workstation.printing.printed import PrintedFile


def drivers(settings: Settings) -> tuple[Scanner, ...]:
    """Return the scanner drivers of this machine."""
    from scanners.camera import CameraScanner
    from scanners.folder import FolderScanner
    from scanners.sane import SaneScanner
    from workstation.texts import describe

    found: list[Scanner] = []
    if settings.sane:
        found.append(SaneScanner())
    if settings.scan_folder:
        found.append(
            FolderScanner(
                Path(settings.scan_folder),
                keep_days=settings.scan_keep_days,
                explain=lambda error: str(describe(error)),
            )
        )
    if settings.camera or settings.camera_frames:
        recorded = [(f"frames:{settings.camera_frames}", _("录像高拍仪"))] if settings.camera_frames else []
        found.append(CameraScanner(staged=recorded, real=settings.camera))
    return tuple(found)


def render_here(form: object, path: Path) -> PrintedFile:
    """Lay a paper out in this process; reportlab is imported with the first one."""
    from workstation.printing.rendering import render_form

    return render_form(form, path)


def put_out(path: Path, settings: Settings) -> str:
    """Print a paper, or leave it and say where; only what really happened is said."""
    from workstation.printing.opener import open_or_print

    if not settings.printer and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        return _("文件在 {path}").format(path=path)
    return str(open_or_print(path, settings.printer or None))


def view_file(path: Path, settings: Settings) -> bool:
    """Open a page in the viewer of the settings or of the desktop."""
    import shutil
    import subprocess

    program = settings.viewer or shutil.which("xdg-open") or ""
    if not program or (not settings.viewer and not os.environ.get("DISPLAY")):
        return False
    quiet = subprocess.DEVNULL
    subprocess.Popen([program, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    return True
