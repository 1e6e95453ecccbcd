"""What the back office keeps of a person or an organisation, fetched by scene: now, or the day before.

What comes is kept like the window's own copies, encrypted, and for a few days only: it is asked for again
when it is wanted again. Nothing here is needed for a case; without a line the window's own copies serve.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from PIL import Image, UnidentifiedImageError

from sync.client import GatewayClient
from sync.contract.archive import (
    AHEAD,
    ArchiveAnswer,
    ArchivedCopy,
    ArchivedPage,
    ArchivePageQuery,
    ArchiveQuery,
)
from sync.contract.libraries import Scene
from sync.errors import SyncError
from workstation.domain.archive import Approval, ArchivedMaterial
from workstation.domain.case import Page, TrustLevel
from workstation.domain.clock import Clock, local_date
from workstation.domain.errors import BadIdNumber
from workstation.domain.identity import check_id_number
from workstation.domain.items import Item
from workstation.domain.kinds import OriginalRule
from workstation.services.archive_shelf import organisations
from workstation.services.archiving import OF_ORGANISATIONS, last_day_of
from workstation.services.catalogue import Catalogue
from workstation.services.enrolment import Membership
from workstation.services.errors import NoApplicant
from workstation.services.libraries import PATIENCE
from workstation.services.profile import WindowProfile
from workstation.store.database import Store
from workstation.store.errors import StoreError

log = logging.getLogger(__name__)

KEEP = timedelta(days=3)
"""Over a weekend; what is not used by then goes with the next clean-up."""
SOURCE = "后台归档"
"""Where a page came from, as it is shown."""
GROUND = "申请人在场, 办理中的事项需要"
GROUND_AHEAD = "次日预约"
AHEAD_ON = "archive.fetched-ahead"


class ArchiveLine(Protocol):
    """Whom to ask; the gateway's client is one. Each call blocks and raises SyncError."""

    def archive(self, query: ArchiveQuery) -> ArchiveAnswer:
        """Ask what approved cases hold of a person."""
        ...

    def archive_page(self, query: ArchivePageQuery) -> bytes:
        """Fetch one page."""
        ...


@dataclass(frozen=True)
class GatewayArchive:
    """Asks from any thread, with a line of its own for each question."""

    membership: Membership
    clock: Clock

    def archive(self, query: ArchiveQuery) -> ArchiveAnswer:
        """See `ArchiveLine`."""
        with self._client() as client:
            return client.archive(query)

    def archive_page(self, query: ArchivePageQuery) -> bytes:
        """See `ArchiveLine`."""
        with self._client() as client:
            return client.archive_page(query)

    def _client(self) -> GatewayClient:
        joined = self.membership
        return GatewayClient(joined.url, joined.identity, timeouts=PATIENCE, clock=self.clock)


@dataclass(frozen=True)
class ArchiveFetch:
    """Asks, checks each page's hash, and keeps what came."""

    store: Store
    catalogue: Catalogue
    profile: WindowProfile
    clock: Clock
    line: ArchiveLine | None = None
    """Whom to ask while a citizen stands here; None: nobody can be asked."""

    def for_case(self, case_id: str, line: ArchiveLine | None = None) -> int:
        """Fetch for a case at the counter, over this window's line or another; return how many copies came.

        Raises:
            NoApplicant: nobody is named yet.
            SyncError: the back office did not answer, or allows no look.
        """
        case, line = self.store.case(case_id), line or self.line
        if case.applicant is None:
            raise NoApplicant
        if line is None:
            return 0
        item = self.catalogue.item_of(case)
        scene = self._scene(case.number, item, GROUND)
        came = self._fetch(line, scene, item, case.applicant.id_number)
        return came + sum(
            self._fetch(line, scene, item, code, only=OF_ORGANISATIONS)
            for code in sorted(organisations(case, item))
        )

    def ahead(self, line: ArchiveLine) -> int:
        """Fetch for the bookings of the next day, once a day; return how many copies came.

        A booking that cannot be asked for is left out: its citizen is served without.
        """
        today = local_date(self.clock())
        if self.store.setting(AHEAD_ON) == today.isoformat():
            return 0
        came = 0
        for booking in self.store.bookings(today + timedelta(days=1)):
            try:
                item = self.catalogue.current.item(booking.item_code)
                scene = self._scene(f"{AHEAD}{booking.number}", item, GROUND_AHEAD)
                came += self._fetch(line, scene, item, check_id_number(booking.id_number))
            except (KeyError, BadIdNumber):
                continue
            except (SyncError, StoreError) as error:
                # Asked again by the next turn: the line may be back, or the disk have room.
                log.warning("event=not_fetched_ahead code=%s", error.code)
                return came
        with self.store.transaction() as tx:
            tx.put_setting(AHEAD_ON, today.isoformat())
        return came

    def _scene(self, number: str, item: Item, ground: str) -> Scene:
        return Scene(case_number=number, item_code=item.code, clerk=self.profile.clerk, ground=ground)

    def _fetch(
        self,
        line: ArchiveLine,
        scene: Scene,
        item: Item,
        holder: str,
        *,
        only: Collection[str] | None = None,
    ) -> int:
        wanted = tuple(
            dict.fromkeys(
                material.standard_id
                for material in item.materials
                if material.reusable
                and material.original is not OriginalRule.FORM
                and (only is None or material.standard_id in only)
            )
        )
        if not wanted:
            return 0
        told = line.archive(ArchiveQuery(scene=scene, holder=holder, standard_ids=wanted))
        known = self._known(holder, told.copies)
        new = [copy for copy in told.copies if (copy.source_case, copy.standard_id) not in known]
        return sum(self._keep(line, scene, item, holder, copy) for copy in new)

    def _known(self, holder: str, copies: Sequence[ArchivedCopy]) -> set[tuple[str, str]]:
        """Return what is here already: kept, or of a case that was taken at this window."""
        kept = {(copy.source_case, copy.standard_id) for copy in self.store.archived(holder)}
        own = self.store.summaries_of({copy.source_case for copy in copies})
        return kept | {(c.source_case, c.standard_id) for c in copies if c.source_case in own}

    def _keep(self, line: ArchiveLine, scene: Scene, item: Item, holder: str, copy: ArchivedCopy) -> bool:
        """Fetch a copy's pages and keep it; a page that is not what its hash says makes it worthless."""
        pages: list[Page] = []
        contents: list[bytes] = []
        for page in copy.pages:
            data = line.archive_page(ArchivePageQuery(scene=scene, holder=holder, sha256=page.sha256))
            kept = _page(page, data, self.clock) if _is_whole(page, data) else None
            if kept is None:
                log.error("event=archived_page_refused page=%s", page.sha256[:12])
                return False
            pages.append(kept)
            contents.append(data)
        with self.store.transaction() as tx:
            # Inside: a sweep must not find a page that nothing refers to yet.
            for data in contents:
                self.store.vault.put(data)
            tx.archive(self._material(item, holder, copy, tuple(pages)))
        return True

    def _material(
        self, item: Item, holder: str, copy: ArchivedCopy, pages: tuple[Page, ...]
    ) -> ArchivedMaterial:
        return ArchivedMaterial(
            archive_id=f"{copy.source_case}/{copy.standard_id}",
            id_number=holder,
            standard_id=copy.standard_id,
            title=copy.title,
            source_case=copy.source_case,
            pages=pages,
            level=TrustLevel.B,
            checked_by=copy.checked_by,
            checked_on=copy.checked_on,
            valid_until=_last_day(item, copy),
            practice=self.profile.practice,
            approval=Approval.APPROVED,
            holder_name=copy.holder_name,
            holder_address=copy.holder_address,
            card_valid_until=copy.card_valid_until,
            keep_until=local_date(self.clock()) + KEEP,
        )


def _last_day(item: Item, copy: ArchivedCopy) -> date | None:
    material = next(m for m in item.materials if m.standard_id == copy.standard_id)
    return last_day_of(material, copy.checked_on)


def _is_whole(page: ArchivedPage, data: bytes) -> bool:
    return len(data) == page.size and hashlib.sha256(data).hexdigest() == page.sha256


def _page(page: ArchivedPage, data: bytes, clock: Clock) -> Page | None:
    """Return the page as this window keeps it; None for what is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            (width, height), dpi = picture.size, picture.info.get("dpi", (200, 200))
    except (UnidentifiedImageError, OSError, ValueError):
        return None
    return Page(
        page_id=page.page_id,
        sha256=page.sha256,
        size=page.size,
        media_type=page.media_type,
        width_px=width,
        height_px=height,
        resolution_dpi=round(dpi[0]) or 200,
        source=SOURCE,
        taken_at=clock(),
        checked=True,
    )
