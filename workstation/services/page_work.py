"""Work on pages by hand: turn, cut, move, split, join, take out; all of it can be undone until sealing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from workstation.domain.case import Case, Corners, Page, PagesArranged, PageWork, Treatment
from workstation.domain.checklist import derive
from workstation.domain.clock import Clock
from workstation.domain.geometry import size_of, spans_page, turned_treatment, whole
from workstation.domain.kinds import OriginalRule
from workstation.domain.page_history import PageHistory, Step, moved, page_history, recut
from workstation.i18n import N_, _
from workstation.services.catalogue import Catalogue
from workstation.services.errors import (
    NotAPage,
    NothingToRedo,
    NothingToUndo,
    NotJoinable,
    NotMovable,
    NotTheSamePages,
    PageDelivered,
    PageGone,
)
from workstation.services.ids import new_id
from workstation.services.page_joining import joined
from workstation.services.page_pictures import PagePictures, treatment_of
from workstation.services.page_places import check_slots, workable
from workstation.services.profile import WindowProfile
from workstation.store.database import Store, Tx

WORK_WORDS = {
    PageWork.TURN: N_("转动页面"),
    PageWork.CUT: N_("裁切页面"),
    PageWork.INSERT: N_("插入页面"),
    PageWork.REPLACE: N_("替换页面"),
    PageWork.REMOVE: N_("删去页面"),
    PageWork.REORDER: N_("调整页序"),
    PageWork.MOVE: N_("移动页面"),
    PageWork.SPLIT: N_("拆分页面"),
    PageWork.JOIN: N_("合并页面"),
    PageWork.SORT: N_("分拣页面"),
}
Slots = Mapping[str, tuple[Page, ...]]


@dataclass(frozen=True)
class PageWorkDesk:
    """Arranges pages before sealing, or where a supplement is open; the raw pictures stay as they are.

    Every method returns the case as it is then, with the changed pages unchecked (`Checking.waiting`), and
    raises PageGone for a page that lies in no slot, CaseSealed for one whose slot takes no change now.
    """

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    pictures: PagePictures

    def turn(self, case_id: str, page_id: str, quarters: int) -> Case:
        """Turn a page clockwise by quarter turns; raises PageDelivered."""
        return self._treat(
            case_id,
            page_id,
            PageWork.TURN,
            lambda page: turned_treatment(treatment_of(page), quarters, by=self.profile.clerk),
        )

    def cut(self, case_id: str, page_id: str, corners: Corners) -> Case:
        """Cut a page along four corners (px of the raw picture, named as it is read).

        Raises:
            NotAPage: they do not go round a part of the picture.
            PageDelivered: its raw picture is gone.
        """
        return self._treat(case_id, page_id, PageWork.CUT, lambda page: self._cut(page, corners))

    def whole(self, case_id: str, page_id: str) -> Case:
        """Show the whole picture as it came; raises PageDelivered."""
        return self._treat(
            case_id,
            page_id,
            PageWork.CUT,
            lambda page: replace(whole(page.width_px, page.height_px), by=self.profile.clerk),
        )

    def afresh(self, case_id: str, page_id: str) -> Case:
        """Forget how a page is cut, so that the next check finds it again; raises PageDelivered."""
        return self._treat(case_id, page_id, PageWork.CUT, lambda _page: None)

    def move(self, case_id: str, page_id: str, to: str, position: int | None = None) -> Case:
        """Move a page to a place (0 is the first) of a slot of the checklist; None: to its end.

        Raises:
            NotMovable: the checklist has no such slot for pages.
        """
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            slot, page = workable(case, page_id)
            if to != slot:
                self._check_taker(case, to)
            lists = {slot: _without(case.slot(slot).pages, page_id)}
            pages = list(lists.get(to, case.slot(to).pages))
            pages.insert(len(pages) if position is None else position, page if to == slot else moved(page))
            work = PageWork.REORDER if to == slot else PageWork.MOVE
            return self._arrange(tx, case, work, {**lists, to: tuple(pages)})

    def reorder(self, case_id: str, slot: str, page_ids: Sequence[str]) -> Case:
        """Put the pages of a slot into another order; raises NotTheSamePages."""
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            by_id = {page.page_id: page for page in case.slot(slot).pages}
            if sorted(by_id) != sorted(page_ids):
                raise NotTheSamePages
            pages = tuple(by_id[page_id] for page_id in page_ids)
            return self._arrange(tx, case, PageWork.REORDER, {slot: pages})

    def remove(self, case_id: str, *page_ids: str, why: str = "") -> Case:
        """Take pages out, all in one step; until sealing they can be brought back."""
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            lists: dict[str, tuple[Page, ...]] = {}
            for page_id in page_ids:
                slot, _page = workable(case, page_id)
                lists[slot] = _without(lists.get(slot, case.slot(slot).pages), page_id)
            return self._arrange(tx, case, PageWork.REMOVE, lists, why=why)

    def insert(self, case_id: str, page_id: str, slot: str, position: int | None = None) -> Case:
        """Bring a page that was taken out into a slot of the checklist, at a place or at its end.

        Raises:
            NotMovable: the checklist has no such slot for pages.
        """
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            page = next((page for page in case.binned if page.page_id == page_id), None)
            if page is None:
                raise PageGone
            self._check_taker(case, slot)
            pages = list(case.slot(slot).pages)
            pages.insert(len(pages) if position is None else position, moved(page))
            return self._arrange(tx, case, PageWork.INSERT, {slot: tuple(pages)})

    def split(self, case_id: str, page_id: str, first: Corners, second: Corners) -> Case:
        """Make two pages of one picture, each cut along its own corners.

        Raises:
            NotAPage: four of them do not go round a part of the picture.
            PageDelivered: the raw picture is gone.
        """
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            slot, page = workable(case, page_id)
            self._check_raw(page)
            at = self.clock()
            halves = [
                recut(replace(page, page_id=new_id(at), treatment=self._cut(page, corners), fingerprint=""))
                for corners in (first, second)
            ]
            lists = {slot: _instead(case.slot(slot).pages, page_id, *halves)}
            return self._arrange(tx, case, PageWork.SPLIT, lists)

    def join(self, case_id: str, first_id: str, second_id: str) -> Case:
        """Lay two pages of a material onto one sheet, e.g. both sides of a card, at their true size.

        Raises:
            NotJoinable: it is one page, or they are of different materials.
            StoreError: the vault does not give a picture back, or has no room for the new one.
        """
        case = self.store.case(case_id)
        (slot, first), (other, second) = workable(case, first_id), workable(case, second_id)
        if slot != other or first_id == second_id:
            raise NotJoinable
        sheet = joined(self.pictures, first, second)
        at = self.clock()
        page = replace(
            sheet.page_of(first), page_id=new_id(at), sha256=self.store.vault.put(sheet.data), taken_at=at
        )
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            if (workable(case, first_id), workable(case, second_id)) != ((slot, first), (slot, second)):
                raise PageGone
            pages = _without(_instead(case.slot(slot).pages, first_id, page), second_id)
            return self._arrange(tx, case, PageWork.JOIN, {slot: pages})

    def undo(self, case_id: str) -> Case:
        """Take the last work on pages back, whoever did it; pages scanned since stay.

        Raises:
            NothingToUndo: nothing is left since the last seal.
        """
        return self._step(case_id, PageWork.UNDO)

    def redo(self, case_id: str) -> Case:
        """Do again what was taken back last; raises NothingToRedo."""
        return self._step(case_id, PageWork.REDO)

    def history(self, case_id: str) -> tuple[str, ...]:
        """Say in words what undo would take back, the last work last."""
        return self._in_words(case_id, page_history(self.store.log(case_id)).done)

    def ahead(self, case_id: str) -> tuple[str, ...]:
        """Say in words what redo would do again, the next one last."""
        return self._in_words(case_id, page_history(self.store.log(case_id)).undone)

    def _in_words(self, case_id: str, steps: Sequence[Step]) -> tuple[str, ...]:
        item = self.catalogue.item_of(self.store.case(case_id))
        titles = {material.id: material.title for material in item.materials}
        places = [", ".join(titles.get(slot, _("材料托盘")) for slot in step.slots) for step in steps]
        return tuple(
            f"{_(WORK_WORDS[step.work])} · {place}" for step, place in zip(steps, places, strict=True)
        )

    def _step(self, case_id: str, work: PageWork) -> Case:
        with self.store.transaction() as tx:
            case, history = tx.case(case_id), page_history(tx.log(case_id))
            step = _next_step(history, work)
            lists = step.pages(case, back=work is PageWork.UNDO)
            return self._arrange(tx, case, work, lists, of=step.seq)

    def _treat(
        self, case_id: str, page_id: str, work: PageWork, treated: Callable[[Page], Treatment | None]
    ) -> Case:
        with self.store.transaction() as tx:
            case = tx.case(case_id)
            slot, page = workable(case, page_id)
            self._check_raw(page)
            changed = recut(replace(page, treatment=treated(page)))
            lists = {slot: _instead(case.slot(slot).pages, page_id, changed)}
            return self._arrange(tx, case, work, lists)

    def _arrange(
        self, tx: Tx, case: Case, work: PageWork, lists: Slots, *, of: int = 0, why: str = ""
    ) -> Case:
        check_slots(case, *lists)
        arranged = PagesArranged(work=work, slots=dict(lists), of=of)
        return tx.record(case.case_id, arranged, actor=self.profile.clerk, at=self.clock(), why=why)

    def _cut(self, page: Page, corners: Corners) -> Treatment:
        if not spans_page(corners, (page.width_px, page.height_px)):
            raise NotAPage
        return Treatment(corners=corners, size_px=size_of(corners), by=self.profile.clerk)

    def _check_raw(self, page: Page) -> None:
        """Raise PageDelivered when only the delivered file of a page is left: that one is never cut."""
        if page.file is not None and not self.store.vault.has(page.sha256):
            raise PageDelivered

    def _check_taker(self, case: Case, slot: str) -> None:
        item = self.catalogue.item_of(case)
        if slot not in {m.id for m in derive(item, case.answers) if m.original is not OriginalRule.FORM}:
            raise NotMovable


def _next_step(history: PageHistory, work: PageWork) -> Step:
    if work is PageWork.UNDO:
        if not history.done:
            raise NothingToUndo
        return history.done[-1]
    if not history.undone:
        raise NothingToRedo
    return history.undone[-1]


def _without(pages: Sequence[Page], page_id: str) -> tuple[Page, ...]:
    return tuple(page for page in pages if page.page_id != page_id)


def _instead(pages: Sequence[Page], page_id: str, *others: Page) -> tuple[Page, ...]:
    place = [page.page_id for page in pages].index(page_id)
    return (*pages[:place], *others, *pages[place + 1 :])
