"""What everybody sees of a page: the raw picture through its treatment, or its file once it is sealed."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass

from PIL import Image

from scanners.errors import ScannerError
from scanners.imaging.port import Rendered
from workstation.domain.facts import Box, Page, Treatment
from workstation.domain.geometry import box_on_page, corners_of, plane_to_raw, whole
from workstation.services.darkroom import Darkroom, jpeg
from workstation.services.watermark import marked, marked_file
from workstation.store.database import Store

log = logging.getLogger(__name__)

MARGIN = 0.15
"""Part of a crop's size that is shown around it; twice that on the left, where the labels stand."""
LEAST_MM = (110, 88)
"""A crop never shows less than this: a whole card (85.6 x 54 mm) wherever on it the text was read."""
MM_PER_INCH = 25.4
LARGEST_SCALE = 2.0
"""A preview is never blown up above this: there is nothing more to see."""
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/jp2": ".jp2",
    "image/tiff": ".tif",
    "application/pdf": ".pdf",
}


@dataclass(frozen=True)
class PagePictures:
    """Renders pages for screens, viewers and OCR; without a darkroom in this process."""

    store: Store
    darkroom: Darkroom | None = None

    def picture(
        self, page: Page, room_px: tuple[int, int], crop: Box | None = None, *, mark: str = ""
    ) -> Rendered:
        """Return the page, or the part around `crop` (px of the raw picture), as large as the room allows.

        Args:
            page: which page.
            room_px: width and height there is for it.
            crop: the part wanted, with a margin around it.
            mark: words of the watermark, for the page of a reused copy.

        Raises:
            StoreError: the vault does not give the page back.
        """
        data, cut = self.source(page)
        if crop is not None:
            cut = _part(cut, _widened(_crop_on(cut, page, crop), cut.size_px, _dpi(page)))
        shown = self._rendered(data, cut, _fitted(cut.size_px, room_px))
        return marked(shown, mark) if mark else shown

    def full(self, page: Page) -> Rendered:
        """Return the page at its own resolution; raises StoreError."""
        data, cut = self.source(page)
        return self._rendered(data, cut, cut.size_px)

    def file(self, page: Page, *, mark: str = "") -> tuple[bytes, str]:
        """Return a file of the page as it is seen now, and the ending of its name; raises StoreError.

        With the words of a watermark it is a picture of its own: the page's own file has none.
        """
        if mark:
            picture = jpeg(as_image(self.full(page), _dpi(page)), _dpi(page))
            return marked_file(picture, mark), ENDINGS["image/jpeg"]
        if page.file is not None:
            return self.store.page(page.file.sha256), ENDINGS.get(page.file.media_type, "")
        if page.treatment is None:
            return self.store.page(page.sha256), ENDINGS.get(page.media_type, "")
        return jpeg(as_image(self.full(page), page.resolution_dpi), page.resolution_dpi), ENDINGS[
            "image/jpeg"
        ]

    def source(self, page: Page) -> tuple[bytes, Treatment]:
        """Return the bytes that hold the page now, and how it is cut from them; raises StoreError."""
        if page.file is not None:
            data = self.store.page(page.file.sha256)
            return data, whole(page.file.width_px, page.file.height_px)
        return self.store.page(page.sha256), treatment_of(page)

    def _rendered(self, data: bytes, cut: Treatment, size: tuple[int, int]) -> Rendered:
        if self.darkroom is not None:
            try:
                return _developed(self.darkroom, data, cut, size)
            except ScannerError as error:
                log.warning("event=rendered_here reason=%s", error.code)
        return _rendered_here(data, cut, size)


def as_image(rendered: Rendered, resolution_dpi: int) -> Image.Image:
    """Return rendered pixels as Pillow takes them; the picture knows its resolution."""
    image = Image.frombytes(rendered.mode, (rendered.width, rendered.height), rendered.pixels)
    image.info["dpi"] = (resolution_dpi, resolution_dpi)
    return image


def treatment_of(page: Page) -> Treatment:
    """Return how the page is cut from its raw picture."""
    return page.treatment or whole(page.width_px, page.height_px)


def _developed(darkroom: Darkroom, data: bytes, cut: Treatment, size: tuple[int, int]) -> Rendered:
    if size[0] >= cut.size_px[0]:
        return darkroom.render(data, cut.corners, size)
    return darkroom.render(data, cut.corners, cut.size_px, size)


def _rendered_here(data: bytes, cut: Treatment, size: tuple[int, int]) -> Rendered:
    with Image.open(io.BytesIO(data)) as opened:
        is_whole = cut == whole(*opened.size)
        if is_whole:
            opened.draft(None, size)
        picture = opened.convert("L" if opened.mode in ("1", "L") else "RGB")
    if not is_whole:
        white = 255 if picture.mode == "L" else (255, 255, 255)
        plane, way, smooth = plane_to_raw(cut), Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
        picture = picture.transform(cut.size_px, way, plane, smooth, fillcolor=white)
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return Rendered(width=picture.width, height=picture.height, mode=picture.mode, pixels=picture.tobytes())


def _crop_on(cut: Treatment, page: Page, crop: Box) -> Box:
    """Return a box of the raw picture in px of what is shown."""
    treatment = treatment_of(page)
    x, y, width, height = box_on_page(treatment, crop)
    across = cut.size_px[0] / treatment.size_px[0]
    down = cut.size_px[1] / treatment.size_px[1]
    return round(x * across), round(y * down), round(width * across), round(height * down)


def _part(cut: Treatment, box: Box) -> Treatment:
    return Treatment(corners=corners_of(cut, box), size_px=(box[2], box[3]), by=cut.by)


def _dpi(page: Page) -> int:
    return page.file.resolution_dpi if page.file is not None else page.resolution_dpi


def _widened(crop: Box, size: tuple[int, int], dpi: int) -> Box:
    """Return the crop with its margin, inside the page."""
    x, y, width, height = crop
    least_x, least_y = (int(mm * dpi / MM_PER_INCH) for mm in LEAST_MM)
    extra_x = max(int(width * MARGIN), (least_x - width) // 2)
    extra_y = max(int(height * MARGIN), (least_y - height) // 2)
    left = max(0, x - max(extra_x, int(width * MARGIN * 2)))
    top = max(0, y - extra_y)
    right, bottom = min(size[0], x + width + extra_x), min(size[1], y + height + extra_y)
    return left, top, max(1, right - left), max(1, bottom - top)


def _fitted(size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    scale = min(room[0] / size[0], room[1] / size[1], LARGEST_SCALE)
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))
