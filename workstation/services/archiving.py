"""What a case leaves in the archive, and what goes from it when its time is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sync.contract.models import Change
from workstation.domain.archive import ArchivedMaterial, CopyState
from workstation.domain.case import Applicant, Case, Custody, TrustLevel
from workstation.domain.checklist import derive
from workstation.domain.clock import Clock, local_date
from workstation.domain.items import Item, Material
from workstation.domain.kinds import OriginalRule
from workstation.services.archive_shelf import organisations
from workstation.services.ids import new_id
from workstation.services.profile import WindowProfile
from workstation.store.database import Store, Tx

CLEANED_ON = "archive.cleaned-on"
OF_ORGANISATIONS = frozenset(
    {"business-licence", "articles-of-association", "institution-licence", "labour-dispatch-licence"}
)
"""Standard materials that belong to the organisation a case names, not to whoever brings them."""
NUMBERED = frozenset({"id-card-front", "residence-permit-front", "social-security-card"})
"""Document kinds of one person whose number stands on them."""
STATES = {state.value.lower(): state for state in CopyState if state is not CopyState.LIVE}
"""As the back office writes them in `Change.procedure`."""
ISSUED = ("issued_on", "registered_on", "valid_from")
"""Readings that say when a document was made out."""


def archive_checked(
    tx: Tx,
    case: Case,
    item: Item,
    profile: WindowProfile,
    at: datetime,
    *,
    only: Collection[str] | None = None,
) -> None:
    """Keep what a clerk checked against the original in this case, for later reuse.

    It is kept at receipt with level B, which vouches for the copy (it shows the original) and not for the
    case: the copy is offered once the case was approved. Received again after a correction, the case replaces
    its copy. With `only` nothing but these slots was looked at: the others keep the day of their own check.
    """
    if case.applicant is None:
        return
    present = _present(tx, case, item)
    for material in derive(item, case.answers):
        if (only is None or material.id in only) and _is_worth_keeping(case, material):
            holder = holder_of(case, case.applicant, item, material)
            copy = _copy(case, case.applicant, material, profile, at)
            known = present.get((holder, material.standard_id))
            tx.archive(replace(copy, id_number=holder, archive_id=known or copy.archive_id))


def _present(tx: Tx, case: Case, item: Item) -> dict[tuple[str, str], str]:
    """Return the archive ids of what this case left before, by holder and standard material."""
    own = (case.applicant.id_number,) if case.applicant else ()
    return {
        (copy.id_number, copy.standard_id): copy.archive_id
        for holder in (*own, *organisations(case, item))
        for copy in tx.archived(holder, source_case=case.number)
    }


def _is_worth_keeping(case: Case, material: Material) -> bool:
    slot = case.slot(material.id)
    is_checked = slot.custody is not Custody.NOT_SEEN and bool(slot.pages)
    return material.reusable and is_checked and material.original is not OriginalRule.FORM


def holder_of(case: Case, applicant: Applicant, item: Item, material: Material) -> str:
    """Return whose paper it is: that of the one organisation the case names, else the applicant's."""
    named = organisations(case, item)
    is_theirs = material.standard_id in OF_ORGANISATIONS and len(named) == 1
    return next(iter(named)) if is_theirs else applicant.id_number


def _copy(
    case: Case, applicant: Applicant, material: Material, profile: WindowProfile, at: datetime
) -> ArchivedMaterial:
    today = local_date(at)
    valid_until = last_day_of(material, today)
    return ArchivedMaterial(
        archive_id=new_id(at),
        id_number=applicant.id_number,
        standard_id=material.standard_id,
        title=material.title,
        source_case=case.number,
        pages=case.slot(material.id).pages,
        level=TrustLevel.B,
        checked_by=profile.clerk,
        checked_on=today,
        valid_until=valid_until,
        practice=profile.practice,
        issued_on=_issued(case, material),
        holder_name=applicant.name,
        holder_address=applicant.address,
        card_valid_until=applicant.id_valid_until,
        shows_number=_shown_number(case, material),
        keep_until=valid_until or today + timedelta(days=profile.reuse.keep_days),
    )


def last_day_of(material: Material, checked_on: date) -> date | None:
    """Return the last day the item lets a copy checked on a day be reused; None: it sets none."""
    days = material.validity_days
    return checked_on + timedelta(days=days) if days is not None else None


def _issued(case: Case, material: Material) -> date | None:
    for name in ISSUED:
        value = case.fields.get(f"{material.document_kind}.{name}")
        if value is not None and value.valid:
            try:
                return date.fromisoformat(value.value[:10])
            except ValueError:
                continue
    return None


def _shown_number(case: Case, material: Material) -> str:
    if material.document_kind not in NUMBERED:
        return ""
    value = case.fields.get(f"{material.document_kind}.id_number")
    return value.value if value is not None and value.valid else ""


def mark_copies(tx: Tx, change: Change) -> None:
    """Take over what the back office says of kept copies: revoked, withdrawn, superseded, holder gone.

    The change names the source case, the standard material (none: all of the case) and the state.
    """
    state = STATES.get(change.procedure)
    if state is None:
        return
    for copy in tx.archived_of_case(change.subject):
        if change.item_code in ("", copy.standard_id):
            tx.archive(replace(copy, state=state))


@dataclass(frozen=True)
class ArchiveKeeping:
    """Lets copies go when their time is over."""

    store: Store
    clock: Clock

    def daily(self) -> int:
        """Clean up once a day, whoever asks how often; return how many copies went."""
        today = local_date(self.clock()).isoformat()
        if self.store.setting(CLEANED_ON) == today:
            return 0
        gone = self.clean_up()
        with self.store.transaction() as tx:
            tx.put_setting(CLEANED_ON, today)
        return gone

    def clean_up(self) -> int:
        """Remove copies past their last day and those nobody may use any more; return how many.

        Their pages go with the next sweep of the vault, unless a case or a queued bundle still holds them.
        """
        with self.store.transaction() as tx:
            return tx.forget_archived(local_date(self.clock()))
