"""Where a camera's pictures come from: a real camera, recorded pictures, or papers laid on a staged desk.

Runs in the camera's process.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from itertools import cycle
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from scanners import camera_nodes
from scanners.camera_errors import CameraGone, NoPicture
from scanners.camera_stage import Paper, Stage
from scanners.framing import Picture
from scanners.limits import check_pixels

FRAMES, PAPERS = "frames:", "papers:"
"""How the ids of what is no real camera begin: a folder or video follows, or files as in `PATH`."""
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
LOOKS_PER_S = 8.0
"""How many recorded pictures stand for a second."""
STAGED_EMPTY_LOOKS = 16
"""Time enough to say that it was the last page."""
PAPER_DPI = 200
MM_PER_INCH = 25.4
LONGEST_SIDE_MM = 320.0


class FrameSource(AbstractContextManager["FrameSource"], Protocol):
    """Gives pictures one after the other."""

    def read(self) -> tuple[Picture, float] | None:
        """Return the newest picture, (H, W, 3) RGB, and its time in seconds; None when none came.

        Raises:
            CameraGone: there will be no more.
        """
        ...


def open_source(identity: str, past: int = 0) -> FrameSource:
    """Return the source of a device id, with its first `past` staged papers under those that follow.

    Raises:
        ScannerError: it cannot be opened, and why.
    """
    if identity.startswith(FRAMES):
        return RecordedFrames(Path(identity.removeprefix(FRAMES)))
    if identity.startswith(PAPERS):
        return StagedPapers([Path(name) for name in identity.removeprefix(PAPERS).split(os.pathsep)], past)
    return V4l2Camera(identity)


class _Source(FrameSource):
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __enter__(self) -> Self:
        return self

    def close(self) -> None:
        """Let go of what is held."""


class V4l2Camera(_Source):
    """A UVC camera at its largest picture."""

    def __init__(self, node: str) -> None:
        """Open it.

        Raises:
            ScannerError: gone, busy, not ours to open, or without pictures.
        """
        self._node = node
        with camera_nodes.opened(node) as file:
            camera_nodes.free_buffers(file)
            best = camera_nodes.largest(camera_nodes.formats(file))
        self._camera = cv2.VideoCapture(node, cv2.CAP_V4L2)
        if not self._camera.isOpened():
            raise NoPicture("does not open")
        if best is not None:
            check_pixels(best.width_px, best.height_px)
            self._camera.set(cv2.CAP_PROP_FOURCC, best.fourcc)
            self._camera.set(cv2.CAP_PROP_FRAME_WIDTH, best.width_px)
            self._camera.set(cv2.CAP_PROP_FRAME_HEIGHT, best.height_px)
        # One picture waits at most; it is passed over, for it is as old as the look before.
        self._camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    def read(self) -> tuple[Picture, float] | None:
        """Return the next fresh picture."""
        self._camera.grab()
        taken, picture = self._camera.read()
        if taken and picture.ndim == 3:
            return _rgb(picture), time.monotonic()
        if not Path(self._node).exists():
            raise CameraGone("the node has gone")
        return None

    def close(self) -> None:
        """Let other programs have the camera."""
        self._camera.release()


class RecordedFrames(_Source):
    """Recorded pictures, over and over: the files of a folder in the order of their names, or a video."""

    def __init__(self, path: Path) -> None:
        """Look at the folder or file.

        Raises:
            CameraGone: there is none.
            NoPicture: there is no picture in it.
        """
        if not path.exists():
            raise CameraGone("nothing there")
        self._path = path
        self._frames = self._of_folder() if path.is_dir() else self._of_video()
        self._read = 0

    def read(self) -> tuple[Picture, float] | None:
        """Return the next picture; every one counts as an eighth of a second."""
        if not self._path.exists():
            raise CameraGone("taken away")
        picture = next(self._frames)
        self._read += 1
        return None if picture is None else (picture, self._read / LOOKS_PER_S)

    def close(self) -> None:
        """Let go of a video that is being played."""
        self._frames.close()

    def _of_folder(self) -> Generator[Picture | None, None, None]:
        files = sorted(file for file in self._path.iterdir() if file.suffix.lower() in PICTURES)
        if not files:
            raise NoPicture("no pictures in the folder")
        return (_decoded(file) for file in cycle(files))

    def _of_video(self) -> Generator[Picture | None, None, None]:
        while True:
            is_empty = True
            for picture in self._once():
                is_empty = False
                yield picture
            if is_empty:
                yield None

    def _once(self) -> Generator[Picture | None, None, None]:
        """Yield the video's pictures, as many a second as a camera is looked at."""
        video = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        step, number = max(1, round(video.get(cv2.CAP_PROP_FPS) / LOOKS_PER_S)), 0
        try:
            while video.grab():
                if number % step == 0:
                    taken, picture = video.retrieve()
                    yield _rgb(picture) if taken else None
                number += 1
        finally:
            video.release()


def _decoded(file: Path) -> Picture | None:
    try:
        picture = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error):
        return None
    return None if picture is None else _rgb(picture)


def _rgb(picture: cv2.typing.MatLike) -> Picture:
    check_pixels(picture.shape[1], picture.shape[0])
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


class StagedPapers(_Source):
    """Pictures of papers that are laid down one after the other, over and over."""

    def __init__(self, files: Sequence[Path], past: int) -> None:
        """Read the papers and lay the first `past` of them under the others.

        Raises:
            CameraGone: one is not there.
            NoPicture: one is no picture.
        """
        papers = [_paper(file, number) for number, file in enumerate(files)]
        first = past % len(papers)
        self._frames = Stage(empty_looks=STAGED_EMPTY_LOOKS).play_again([*papers[first:], *papers[:first]])

    def read(self) -> tuple[Picture, float] | None:
        """Return the next picture, at the time it is asked for."""
        return next(self._frames), time.monotonic()


def _paper(file: Path, number: int) -> Paper:
    """Return a page's picture as a paper; what stands high is laid sideways, as the view is wide."""
    try:
        with Image.open(file) as image:
            dpi = float(image.info.get("dpi", (PAPER_DPI,))[0]) or PAPER_DPI
            picture = np.asarray(image.convert("RGB"), np.uint8)
    except FileNotFoundError as error:
        raise CameraGone(file.name) from error
    except (OSError, UnidentifiedImageError) as error:
        raise NoPicture(f"{file.name}: {error}") from error
    height, width = picture.shape[:2]
    scale = min(MM_PER_INCH / dpi, LONGEST_SIDE_MM / max(height, width))
    turn = (90.0 if height > width else 0.0) + (number % 3 - 1) * 2.5
    return Paper(picture=picture, size_mm=(width * scale, height * scale), turn_deg=turn)
