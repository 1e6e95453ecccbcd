"""The watermark of a reused copy: on every picture people see, never on the bytes that are kept."""

from __future__ import annotations

import io
from datetime import date

from PIL import Image, ImageChops

from tests.services.conftest import ZHAO, Window
from workstation.domain.audit import Action, AuditEntry
from workstation.domain.case import Case, Page
from workstation.services.reuse import CONSENT_WAYS
from workstation.services.watermark import purpose_words

SLOT = "household-register"
WORDS = purpose_words(date(2026, 11, 22), "敬老优待证", "W03-20261122-001")


def reused(window: Window) -> tuple[Case, Page]:
    window.approved()
    case = window.named(window.open())
    case = window.desk.reuse.take(case.case_id, SLOT, consent_way=CONSENT_WAYS["tick"])
    content = case.slot(SLOT)
    assert content.reuse is not None
    return case, content.reuse.pages[0]


def inked(window: Window, page: Page, mark: str) -> float:
    """Return the share of a preview's pixels that the watermark changes."""
    pictures = window.desk.pictures
    plain, shown = (
        Image.frombytes(r.mode, (r.width, r.height), r.pixels).convert("RGB")
        for r in (pictures.picture(page, (240, 320)), pictures.picture(page, (240, 320), mark=mark))
    )
    assert plain.size == shown.size
    changed = ImageChops.difference(plain, shown).convert("L").point(lambda level: 255 if level > 8 else 0)
    return changed.histogram()[255] / (plain.width * plain.height)


def test_the_words_name_the_day_and_the_purpose() -> None:
    assert WORDS == "仅用于 2026-11-22 敬老优待证 W03-20261122-001"


def test_a_reused_page_is_shown_with_words_across_it_that_leave_most_of_it_free(window: Window) -> None:
    page = window.scan(window.open(), SLOT).slot(SLOT).pages[0]
    assert inked(window, page, "") == 0
    assert 0.005 < inked(window, page, WORDS) < 0.3


def test_the_file_that_leaves_for_a_viewer_is_marked_and_the_kept_bytes_are_not(window: Window) -> None:
    _case, page = reused(window)
    before = window.store.vault.get(page.kept_sha256)
    data, ending = window.desk.pictures.file(page, mark=WORDS)
    assert ending == ".jpg" and data != before
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.mode == "RGB" and picture.info["dpi"][0] == page.resolution_dpi
    assert window.store.vault.get(page.kept_sha256) == before


def test_the_bundle_carries_the_bytes_that_were_checked(window: Window) -> None:
    case, page = reused(window)
    case = window.desk.decisions.receive(window.filled(window.with_materials(case)).case_id)
    (entry,) = [entry for entry in window.manifest(case).pages if entry.slot == SLOT]
    assert (entry.origin, entry.sha256) == ("reused", page.kept_sha256)


def test_looking_at_a_kept_copy_is_written_down_before_it_is_shown(window: Window) -> None:
    window.approved()
    case = window.named(window.open())
    before = len(_looks(window))
    copy = window.desk.reuse.look_at(case.case_id, SLOT)
    assert copy.id_number == ZHAO.id_number
    after = _looks(window)
    assert len(after) == before + 1 and after[-1].case == case.number


def _looks(window: Window) -> list[AuditEntry]:
    return [entry for entry in window.store.audit.entries() if entry.action == Action.LOOKED]
