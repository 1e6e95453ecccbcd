"""Where on a large page all of its print is: a card copied on a sheet has no edge to be cut along."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.documents.figures import components_of
from ocr.documents.print_lines import Grey, Piece, ink_of

_SMALL_PX = 800
_SPECK_SHARE, _APART_SHARE, _ROOM_SHARE = 0.004, 0.05, 0.03
"""Of the page's long side (A4: 1.2, 15 and 9 mm): the largest speck, the widest gap within a paper, and what
is left around it."""
_LEAST_INK, _MOST_ROOM = 0.9, 0.5
"""Print on the paper over that on the page, and the paper's area over the page's, where it stands alone."""
_LEAST_SIDE_SHARE = 0.1


def content_of(grey: Grey) -> Piece | None:
    """Return the box in px around all print but specks, None when it fills most of the page."""
    scale = min(1.0, _SMALL_PX / max(grey.shape))
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    ink = _without_specks(ink_of(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)))
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
    return _scaled(box, 1 / scale) if is_small and is_paper else None


def _without_specks(ink: Grey) -> Grey:
    labels, stats = components_of(ink)
    longest = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    kept = longest > _SPECK_SHARE * max(ink.shape)
    kept[0] = False
    return np.asarray(np.where(kept[labels], 255, 0), np.uint8)


def _scaled(box: Piece, factor: float) -> Piece:
    sides = (round(side * factor) for side in (box.left, box.top, box.right, box.bottom))
    return Piece(*sides)
