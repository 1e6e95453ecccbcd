"""What a district makes of a city's item: devolution changes level, limit or papers by place and day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from workstation.domain.items import Item, Overlay


def item_for(item: Item, district: str, on: date) -> Item:
    """Return the item as it stands in a district on a day, without overlays.

    Of several that apply the one in force later wins, of the same day the one written later. Nothing applies
    in a district that is not known (empty).

    Args:
        item: as the city wrote it.
        district: six digits, GB/T 2260.
        on: the day the case was opened; a case keeps what held then.
    """
    found = sorted((one for one in item.overlays if one.applies(district, on)), key=_since)
    for overlay in found:
        item = _changed(item, overlay)
    return replace(item, overlays=()) if item.overlays else item


def _since(overlay: Overlay) -> date:
    return overlay.effective_from


def _changed(item: Item, overlay: Overlay) -> Item:
    names = ("level", "authority", "promised", "acceptance_delegated", "conditions")
    values: dict[str, Any] = {name: getattr(overlay, name) for name in names}
    kept = tuple(one for one in item.materials if one.id not in overlay.without_materials)
    return replace(
        item,
        **{name: value for name, value in values.items() if value is not None},
        materials=kept,
        legal_basis=(*item.legal_basis, overlay.basis),
    )
