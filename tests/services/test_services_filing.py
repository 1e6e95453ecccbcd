"""Filing at sealing: small files stand for the pages, one PDF/A a material, and nothing bars the seal."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from scanners.errors import DarkroomFailed
from scanners.imaging.packing import pack
from scanners.imaging.pictures import decode
from scanners.imaging.port import Packed
from scanners.imaging.render import render
from sync.contract.models import PageEntry
from tests.services.conftest import NOW, MakeWindow, Window
from workstation.domain.case import (
    Case,
    Custody,
    Fault,
    FieldSet,
    FieldValue,
    Finding,
    Origin,
    PageChecked,
    Treatment,
)
from workstation.domain.facts import Corners
from workstation.domain.geometry import box_on_page
from workstation.printing.errors import PaperNotSaved
from workstation.printing.printed import PrintedFile
from workstation.printing.rendering import render_form
from workstation.services.filing import MOST_FAILURES, FilingRoom
from workstation.store.errors import PageMissing

CARD = "id-card"
LEFT_HALF: Corners = (0, 0, 4, 0, 4, 8, 0, 8)
CUT_PX = (200, 400)


@dataclass
class Room:
    """The real packer, which can be told to fail."""

    fails: bool = False
    asked: list[Corners] = field(default_factory=list)

    def pack(self, file: bytes, corners: Corners, size_px: tuple[int, int], dpi: int) -> Packed:
        self.asked.append(corners)
        if self.fails:
            raise DarkroomFailed("told to")
        return pack(render(decode(file), corners, size_px), dpi)


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def window(make_window: MakeWindow, room: Room) -> Window:
    return make_window(packer=room)


def entries(window: Window, case: Case, origin: str) -> list[PageEntry]:
    return [entry for entry in window.manifest(case).pages if entry.origin == origin]


def pages_of(window: Window, entry: PageEntry) -> list[tuple[float, float]]:
    """Sizes in mm of the pages of a document."""
    with pypdfium2.PdfDocument(window.store.vault.get(entry.sha256)) as pdf:
        return [
            (width / 72 * 25.4, height / 72 * 25.4) for width, height in (page.get_size() for page in pdf)
        ]


def text_of(window: Window, entry: PageEntry) -> str:
    with pypdfium2.PdfDocument(window.store.vault.get(entry.sha256)) as pdf:
        return "".join(page.get_textpage().get_text_range() for page in pdf)


def cut(window: Window, case: Case, slot: str, corners: Corners) -> str:
    """Let the gate propose a cut of the slot's first page and return its id."""
    page = case.slot(slot).pages[0]
    treatment = Treatment(corners=corners, size_px=CUT_PX)
    with window.store.transaction() as tx:
        checked = PageChecked(page_id=page.page_id, treatment=treatment)
        tx.record(case.case_id, checked, actor="gate", at=NOW)
    return page.page_id


def test_the_bundle_names_the_packed_file_of_every_page(window: Window) -> None:
    case = window.received()
    pages = {page.page_id: page for slot in case.slots.values() for page in slot.pages}
    scanned = entries(window, case, "scanned")
    assert {entry.page_id for entry in scanned} == set(pages)
    for entry in scanned:
        page, data = pages[entry.page_id], window.store.vault.get(entry.sha256)
        assert page.file is not None and page.kept_sha256 == entry.sha256 != page.sha256
        assert hashlib.sha256(data).hexdigest() == entry.sha256
        assert (entry.size, entry.media_type, entry.pages) == (len(data), "image/webp", 1)
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.size == (page.file.width_px, page.file.height_px)
    assert case.bundles[-1].files == tuple(page.file for page in pages.values() if page.file)


def test_each_material_comes_as_one_document_beside_its_pages(window: Window) -> None:
    case = window.received()
    documents = {entry.slot: entry for entry in entries(window, case, "assembled")}
    filled = {name: slot.pages for name, slot in case.slots.items() if slot.pages}
    assert set(documents) == set(filled)
    for slot, entry in documents.items():
        assert (entry.page_id, entry.media_type) == (f"{slot}.pdf", "application/pdf")
        assert entry.pages == len(pages_of(window, entry)) == len(filled[slot])
        assert entry.size == len(window.store.vault.get(entry.sha256))
    manifest = window.manifest(case)
    assert [entry.origin for entry in manifest.pages] == sorted(
        (entry.origin for entry in manifest.pages), reverse=True
    )
    assert not list(window.desk.papers.folder.glob("*.pdf"))


def test_a_page_is_filed_as_it_is_cut_and_says_what_was_read_there(window: Window) -> None:
    case = window.ready()
    page_id = cut(window, case, CARD, LEFT_HALF)
    read = FieldValue(value="赵样本", origin=Origin.OCR, page_id=page_id, box=(1, 2, 3, 1))
    beside = FieldValue(value="不在此页", origin=Origin.OCR, page_id=page_id, box=(5, 2, 3, 4))
    with window.store.transaction() as tx:
        facts = (
            FieldSet(field="id-card-front.name", value=read),
            FieldSet(field="id-card-front.sex", value=beside),
        )
        tx.record(case.case_id, *facts, actor="ocr", at=NOW)
    case = window.desk.decisions.receive(case.case_id)
    file = case.slot(CARD).pages[0].file
    assert file is not None and (file.width_px, file.height_px) == CUT_PX
    document = next(entry for entry in entries(window, case, "assembled") if entry.slot == CARD)
    assert pages_of(window, document)[0] == pytest.approx((25.4, 50.8), abs=0.1)
    assert text_of(window, document) == "赵样本"


def test_the_bundle_names_places_on_the_delivered_page_and_what_a_clerk_let_stand(window: Window) -> None:
    case = window.ready()
    page_id = cut(window, case, CARD, LEFT_HALF)
    read = FieldValue(value="赵样本", origin=Origin.OCR, page_id=page_id, box=(1, 2, 3, 1), confirmed_by="c")
    before = window.store.case(case.case_id).slot(CARD).pages[0].treatment
    found = PageChecked(page_id=page_id, findings=(Finding(fault=Fault.BLUR),), treatment=before)
    with window.store.transaction() as tx:
        tx.record(case.case_id, FieldSet(field="name", value=read), found, actor="ocr", at=NOW)
    window.desk.checking.settle(case.case_id, page_id, Fault.BLUR, "原件就是这样")
    case = window.desk.decisions.receive(case.case_id)
    body, page = window.manifest(case).body, case.slot(CARD).pages[0]
    assert page.treatment is not None and page.file is not None
    across = page.file.width_px / page.treatment.size_px[0]
    place = box_on_page(page.treatment, (1, 2, 3, 1))
    assert body["fields"]["name"]["box"] == [round(length * across) for length in place]
    (said,) = body["overruled"]
    assert (said["slot"], said["fault"], said["why"]) == (CARD, "BLUR", "原件就是这样")
    assert said["by"] == window.desk.profile.clerk


def test_nothing_is_lost_when_the_raw_pictures_are_swept(window: Window) -> None:
    case = window.received()
    window.store.recover(NOW)
    for slot in case.slots.values():
        for page in slot.pages:
            assert window.store.vault.get(page.kept_sha256)
            with pytest.raises(PageMissing):
                window.store.vault.get(page.sha256)
    for entry in window.manifest(case).pages:
        assert window.store.vault.has(entry.sha256)
    assert case.applicant is not None
    archived = window.store.archived(case.applicant.id_number)
    assert archived
    for material in archived:
        assert all(window.store.vault.get(page.kept_sha256) for page in material.pages)


def test_what_is_packed_ahead_is_not_packed_again_at_the_seal(window: Window, room: Room) -> None:
    case = window.ready()
    window.desk.filing.pack_pages(case.case_id)
    asked = len(room.asked)
    assert asked == sum(len(slot.pages) for slot in case.slots.values())
    window.desk.decisions.receive(case.case_id)
    assert len(room.asked) == asked


def test_a_page_cut_anew_after_it_was_packed_is_filed_as_it_is_cut_now(window: Window, room: Room) -> None:
    case = window.ready()
    window.desk.filing.pack_pages(case.case_id)
    cut(window, case, CARD, LEFT_HALF)
    case = window.desk.decisions.receive(case.case_id)
    file = case.slot(CARD).pages[0].file
    assert file is not None and file.width_px == CUT_PX[0]
    assert room.asked[-1] == LEFT_HALF


def test_a_page_cut_between_preparing_and_sealing_goes_as_it_came(window: Window) -> None:
    case = window.ready()
    item = window.desk.catalogue.item_of(case)
    window.desk.filing.prepare(case, item)
    page_id = cut(window, case, CARD, LEFT_HALF)
    filed = window.desk.filing.files(window.store.case(case.case_id), item)
    assert page_id not in filed.pages and filed.pages
    assert CARD not in {document.slot for document in filed.documents}


def test_a_packer_that_fails_bars_nothing_and_the_pages_go_as_they_came(window: Window, room: Room) -> None:
    room.fails = True
    case = window.received()
    assert len(room.asked) == MOST_FAILURES
    assert not case.bundles[-1].files
    for entry in entries(window, case, "scanned"):
        assert entry.media_type == "image/jpeg"
    documents = entries(window, case, "assembled")
    assert {entry.slot for entry in documents} == {name for name, slot in case.slots.items() if slot.pages}


def test_a_press_that_fails_bars_nothing_and_the_pages_go_alone(make_window: MakeWindow, room: Room) -> None:
    def fail(form: object, path: Path) -> PrintedFile:
        path.write_bytes(b"half")
        raise PaperNotSaved(path=path, reason="full")

    window = make_window(packer=room, render=fail)
    case = window.received()
    assert entries(window, case, "scanned") and not entries(window, case, "assembled")
    assert not list(window.desk.papers.folder.iterdir())


def test_a_reused_copy_is_delivered_as_it_is(window: Window, room: Room) -> None:
    first = window.approved()
    window.store.recover(NOW)
    second = window.named(window.open())
    slot = next(iter(window.desk.reuse.offers(second)))
    second = window.desk.reuse.take(second.case_id, slot, consent_way="当面口头同意")
    window.filled(window.with_materials(second))
    asked = len(room.asked)
    second = window.desk.decisions.receive(second.case_id)
    reused = entries(window, second, "reused")
    assert [entry.sha256 for entry in reused] == [page.kept_sha256 for page in first.slot(slot).pages]
    assert [entry.size for entry in reused] == [
        page.file.size for page in first.slot(slot).pages if page.file
    ]
    assert slot not in {entry.slot for entry in entries(window, second, "assembled")}
    assert len(room.asked) == asked + len(entries(window, second, "scanned"))


def test_the_next_version_delivers_the_same_files_and_makes_only_what_is_new(
    window: Window, room: Room
) -> None:
    case = window.received()
    before = {entry.page_id: entry for entry in window.manifest(case).pages}
    window.store.recover(NOW)
    window.tell_correction(case)
    window.scan(case, "household-register")
    asked = len(room.asked)
    case = window.desk.decisions.receive(case.case_id)
    after = {entry.page_id: entry for entry in window.manifest(case).pages}
    changed = {name for name in after if after[name] != before.get(name)}
    new = case.slot("household-register").pages[-1]
    assert changed == {new.page_id, "household-register.pdf"}
    assert len(pages_of(window, after["household-register.pdf"])) == len(
        case.slot("household-register").pages
    )
    assert len(room.asked) == asked + len(case.slot("household-register").pages)


def test_a_document_that_would_not_fit_the_bundle_stays_out(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.services.filing.MAX_BLOB_BYTES", 100)
    case = window.received()
    assert entries(window, case, "scanned") and not entries(window, case, "assembled")


def test_the_desk_without_a_packer_delivers_what_was_scanned(make_window: MakeWindow) -> None:
    window = make_window()
    case = window.ready()
    window.desk.filing.pack_pages(case.case_id)
    case = window.desk.decisions.receive(case.case_id)
    assert {entry.origin for entry in window.manifest(case).pages} == {"scanned"}
    assert not case.bundles[-1].files
    assert case.slot(CARD).custody is not Custody.NOT_SEEN


def test_the_room_prints_with_the_render_it_was_given(window: Window, tmp_path: Path, room: Room) -> None:
    asked: list[str] = []

    def render_it(form: object, path: Path) -> PrintedFile:
        asked.append(type(form).__name__)
        return render_form(form, path)

    filing = FilingRoom(window.store, room, render_it, tmp_path)
    case = window.ready()
    item = window.desk.catalogue.item_of(case)
    filing.prepare(case, item)
    filing.prepare(case, item)
    assert asked == ["MaterialDocument"] * len(filing.files(case, item).documents)
