"""Where on a large page the paper is that was copied: a card on a sheet has no edge to be cut along."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.documents.figures import components_of
from ocr.documents.print_lines import Grey, Piece, ink_of
from scanners.imaging.pictures import reduced

_SMALL_PX = 800
_SPECK_SHARE, _APART_SHARE, _ROOM_SHARE = 0.004, 0.05, 0.03
"""Of the page's long side (A4: 1.2, 15 and 9 mm): the largest speck, the widest gap within a paper, and what
is left around it."""
_LEAST_INK, _MOST_ROOM = 0.9, 0.5
"""Print on the paper over that on the page, and the paper's area over the page's, where it stands alone."""
_LEAST_SIDE_SHARE = 0.1
_DARK = 90
"""Most of the usual brightness of a page that is not paper."""
_LEAST_LIT, _LEAST_FULL = 0.02, 0.85
"""Area of a paper on a dark page over that of the page, and over that of the box around it."""


def content_of(grey: Grey) -> Piece | None:
    """Return the box in px around all print but specks, None when it fills most of the page.

    On a page that is dark for the most part, copied with the lid open, it is the light paper on it.
    """
    step = max(1, round(max(grey.shape) / _SMALL_PX))
    small = reduced(grey, step)
    size = (small.shape[1], small.shape[0])
    lit = _lit(small)
    if lit is not None:
        return _scaled(lit, step)
    ink = _without_specks(ink_of(small))
    apart = round(_APART_SHARE * max(size))
    grown = cv2.dilate(ink, np.ones((apart | 1, apart | 1), np.uint8))
    count, labels = cv2.connectedComponents(grown, connectivity=8)
    weights = np.bincount(labels[ink > 0], minlength=count)
    if not ink.any() or weights.max() < _LEAST_INK * weights.sum():
        return None
    left, top, wide, high = cv2.boundingRect(np.asarray((labels == weights.argmax()) & (ink > 0), np.uint8))
    room = round(_ROOM_SHARE * max(size))
    box = Piece(
        max(0, left - room), max(0, top - room),
        min(size[0], left + wide + room), min(size[1], top + high + room),
    )  # fmt: skip
    is_small = box.width * box.height < _MOST_ROOM * size[0] * size[1]
    is_paper = min(wide, high) >= _LEAST_SIDE_SHARE * max(size)
    return _scaled(box, step) if is_small and is_paper else None


def _lit(small: Grey) -> Piece | None:
    """Return the one light paper on a dark page; what runs out of the page is none."""
    if float(np.median(small)) > _DARK:
        return None
    light = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
    solid = cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    outlines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    height, width = small.shape
    found = []
    for outline in outlines:
        left, top, wide, high = cv2.boundingRect(outline)
        is_inside = left > 0 and top > 0 and left + wide < width and top + high < height
        is_paper = cv2.contourArea(outline) >= _LEAST_FULL * wide * high
        if is_inside and is_paper and _LEAST_LIT < wide * high / small.size < _MOST_ROOM:
            found.append(Piece(left, top, left + wide, top + high))
    return max(found, key=lambda piece: piece.width * piece.height, default=None)


def _without_specks(ink: Grey) -> Grey:
    labels, stats = components_of(ink)
    longest = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    kept = longest > _SPECK_SHARE * max(ink.shape)
    kept[0] = False
    return np.asarray(np.where(kept[labels], 255, 0), np.uint8)


def _scaled(box: Piece, factor: int) -> Piece:
    return Piece(box.left * factor, box.top * factor, box.right * factor, box.bottom * factor)
