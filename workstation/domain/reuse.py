"""Whether a kept copy may fill a slot: one pure, total judgement with its table of reasons.

Grounds: a copy is reused for its own holder and with their yes (个人信息保护法 art. 14, 23); it vouches
only as far as a clerk compared it with the original and the office approved the case it came from. What no
longer fits is shown with its reason, and never offered silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from workstation.domain.archive import Approval, ArchivedMaterial, CopyState
from workstation.domain.errors import BadIdNumber
from workstation.domain.facts import Agent, Applicant, Share, TrustLevel
from workstation.domain.identity import age_on, birth_date_of
from workstation.domain.items import Material
from workstation.domain.kinds import AgentKind

ADULT = 18
"""民法典 art. 17."""
CONSENT_POWER = "代为提交材料"
"""The power an agent needs to hand in a copy for the applicant (民法典 art. 165)."""
SHOW_ADDRESS = frozenset({"household-register", "residence-permit", "business-licence", "id-card"})
"""Standard materials on which an address stands that must be the one of today."""
OWN_CARD = "id-card"
SPOUSE = frozenset({"配偶", "夫妻", "丈夫", "妻子"})
SPOUSE_PREFIX = "spouse-"
"""Before the standard id of a paper that an item asks of the spouse."""


class Bar(StrEnum):
    """Why a copy is not offered; the value is the code of its words."""

    OTHER_MATERIAL = "R301"
    NOT_REUSABLE = "R302"
    PRACTICE = "R303"
    SAME_CASE = "R304"
    OTHER_PERSON = "R305"
    NO_PERMISSION = "R306"
    WITHDRAWN = "R307"
    REVOKED = "R308"
    HOLDER_GONE = "R309"
    SELF_WRITTEN = "R310"
    COPY_OF_COPY = "R311"
    WRONG_HOLDER = "R312"
    CASE_REFUSED = "R313"
    CASE_WITHDRAWN = "R314"
    NOT_APPROVED = "R315"
    OTHER_STREET = "R316"
    CHECKED_IN_FUTURE = "R317"
    EXPIRED = "R318"
    TOO_OLD = "R319"
    NEWER_EXISTS = "R320"
    NAME_CHANGED = "R321"
    ADDRESS_CHANGED = "R322"
    CARD_RENEWED = "R323"
    CAME_OF_AGE = "R324"
    TOO_FEW_PAGES = "R325"
    PAGES_MISSING = "R326"
    PAGES_ALTERED = "R327"
    USED_ALREADY = "R328"
    AGENT_POWERLESS = "R329"
    NEEDS_ORIGINAL = "R330"
    GRANTED_IN_PART = "R334"
    OUTCOME_UNKNOWN = "R335"


HIDDEN = frozenset({Bar.OTHER_MATERIAL, Bar.NOT_REUSABLE, Bar.PRACTICE, Bar.SAME_CASE})
"""Bars that say nothing of the copy itself: nobody would look for it beside this slot."""
DECIDED_AGAINST = {
    Approval.REFUSED: Bar.CASE_REFUSED,
    Approval.TERMINATED: Bar.CASE_REFUSED,
    Approval.WITHDRAWN: Bar.CASE_WITHDRAWN,
    Approval.PENDING: Bar.NOT_APPROVED,
    Approval.PARTLY: Bar.GRANTED_IN_PART,
    Approval.UNKNOWN: Bar.OUTCOME_UNKNOWN,
}
GONE = {
    CopyState.WITHDRAWN: Bar.WITHDRAWN,
    CopyState.REVOKED: Bar.REVOKED,
    CopyState.HOLDER_GONE: Bar.HOLDER_GONE,
    CopyState.SUPERSEDED: Bar.NEWER_EXISTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReusePolicy:
    """What a hall decides for itself."""

    pending: bool = False
    """Whether copies of cases that are not decided yet are offered too."""
    scoped: bool = True
    """Whether a copy limited to some streets is refused elsewhere."""
    consent_way: str = "sign"
    """`sign`: the citizen signs the paper by hand; `tick`: ticked in their presence, the clerk signs."""
    keep_days: int = 1095
    """Days a copy without a last day of its own is kept at the window after it was checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One slot of one case at one moment, as far as a copy is judged by it."""

    case_number: str
    today: date
    street: str
    applicant: Applicant
    material: Material
    practice: bool = False
    agent: Agent | None = None
    organisations: frozenset[str] = frozenset()
    """Credit codes of organisations the case is for, confirmed by the clerk."""
    shares: Mapping[str, Share] = field(default_factory=dict)
    """By identity number."""
    used: frozenset[str] = frozenset()
    """Archive ids that fill another slot of the case."""
    newest: Mapping[tuple[str, str], date] = field(default_factory=dict)
    """(holder, standard material) -> day the newest trusted copy was checked."""
    absent: frozenset[str] = frozenset()
    """Hashes of pages that the vault does not hold."""
    altered: frozenset[str] = frozenset()
    """Hashes of pages that are not as they were put."""
    policy: ReusePolicy = ReusePolicy()


@dataclass(frozen=True, slots=True)
class Offer:
    """The copy may fill the slot."""

    copy: ArchivedMaterial


@dataclass(frozen=True, slots=True)
class Refusal:
    """The copy may not fill the slot; shown beside it with why, and what heals it."""

    copy: ArchivedMaterial
    bar: Bar
    detail: str = ""
    """The fact that speaks against it, e.g. the day it ended."""

    @property
    def hidden(self) -> bool:
        """True when it is no business of this slot."""
        return self.bar in HIDDEN

    @property
    def healed_by_original(self) -> bool:
        """True when the original shown today is all that is wanted: the clerk compares it with the copy."""
        return self.bar is Bar.NEEDS_ORIGINAL


def judge(copy: ArchivedMaterial, scene: Scene) -> Offer | Refusal:
    """Return whether the copy may fill the scene's slot, by the first bar of the table that holds."""
    for bar, speaks in TABLE:
        detail = speaks(copy, scene)
        if detail is not None:
            return Refusal(copy, bar, detail)
    return Offer(copy)


def newest_of(copies: Iterable[ArchivedMaterial]) -> dict[tuple[str, str], date]:
    """Return when the newest live copy of each material was checked, but for those of refused cases."""
    newest: dict[tuple[str, str], date] = {}
    for copy in copies:
        is_trusted = copy.level in (TrustLevel.A, TrustLevel.B) and copy.state is CopyState.LIVE
        if is_trusted and copy.approval in (Approval.APPROVED, Approval.PENDING):
            key = copy.id_number, copy.standard_id
            newest[key] = max(newest.get(key, copy.checked_on), copy.checked_on)
    return newest


def standing_of(copy: ArchivedMaterial, scene: Scene) -> Bar | None:
    """Return what bars the copy whatever slot it is for; None: as a fact it may be relied on."""
    return next((bar for bar, speaks in _STANDING if speaks(copy, scene) is not None), None)


Speaks = Callable[[ArchivedMaterial, Scene], str | None]
"""Returns the detail of the bar, None when it does not hold."""


def fits_standard(copy: ArchivedMaterial, scene: Scene) -> bool:
    """Return whether the copy is of the document the slot asks for, be it of the spouse."""
    wanted = scene.material.standard_id
    share = scene.shares.get(copy.id_number)
    is_spouse = share is not None and share.relation in SPOUSE
    return copy.standard_id == wanted or (is_spouse and wanted == f"{SPOUSE_PREFIX}{copy.standard_id}")


def _said(holds: bool, detail: object = "") -> str | None:
    return str(detail) if holds else None


def _is_own(copy: ArchivedMaterial, scene: Scene) -> bool:
    return copy.id_number == scene.applicant.id_number or copy.id_number in scene.organisations


def _other_person(copy: ArchivedMaterial, scene: Scene) -> str | None:
    return _said(not _is_own(copy, scene) and copy.id_number not in scene.shares)


def _no_permission(copy: ArchivedMaterial, scene: Scene) -> str | None:
    share = scene.shares.get(copy.id_number)
    wanting = share is not None and not (share.permission.strip() and share.relation.strip())
    return _said(not _is_own(copy, scene) and wanting, share.name if share else "")


def _gone(bar: Bar) -> Speaks:
    return lambda copy, scene: _said(GONE.get(copy.state) is bar)


def _decided(bar: Bar) -> Speaks:
    def speaks(copy: ArchivedMaterial, scene: Scene) -> str | None:
        if copy.level is TrustLevel.A or (bar is Bar.NOT_APPROVED and _needs_no_approval(copy, scene)):
            # What the authority made itself needs no case to vouch for it.
            return None
        return _said(DECIDED_AGAINST.get(copy.approval) is bar, copy.source_case)

    return speaks


def _needs_no_approval(copy: ArchivedMaterial, scene: Scene) -> bool:
    """True where the hall trusts its own check at once, or where the original must be looked at anyway."""
    return scene.policy.pending or copy.level is TrustLevel.C


def _wrong_holder(copy: ArchivedMaterial, scene: Scene) -> str | None:
    return _said(copy.shows_number not in ("", copy.id_number))


def _other_street(copy: ArchivedMaterial, scene: Scene) -> str | None:
    limited = scene.policy.scoped and bool(copy.scope) and scene.street not in copy.scope
    return _said(limited)


def _expired(copy: ArchivedMaterial, scene: Scene) -> str | None:
    return _said(copy.valid_until is not None and copy.valid_until < scene.today, copy.valid_until)


def _too_old(copy: ArchivedMaterial, scene: Scene) -> str | None:
    days = scene.material.validity_days
    last = copy.checked_on + timedelta(days=days) if days is not None else scene.today
    return _said(last < scene.today, last)


def _newer(copy: ArchivedMaterial, scene: Scene) -> str | None:
    newest = scene.newest.get((copy.id_number, copy.standard_id), copy.checked_on)
    is_older = copy.level is not TrustLevel.A and copy.checked_on < newest
    return _said(is_older or copy.state is CopyState.SUPERSEDED, newest)


def _name_changed(copy: ArchivedMaterial, scene: Scene) -> str | None:
    name = scene.applicant.name
    is_person = copy.id_number == scene.applicant.id_number
    return _said(is_person and bool(copy.holder_name and name) and copy.holder_name != name, copy.holder_name)


def _address_changed(copy: ArchivedMaterial, scene: Scene) -> str | None:
    address = scene.applicant.address
    matters = copy.standard_id in SHOW_ADDRESS and copy.id_number == scene.applicant.id_number
    differs = bool(copy.holder_address and address) and _bare(copy.holder_address) != _bare(address)
    return _said(matters and differs, copy.holder_address)


def _bare(address: str) -> str:
    return "".join(address.split())


def _card_renewed(copy: ArchivedMaterial, scene: Scene) -> str | None:
    then, now = copy.card_valid_until, scene.applicant.id_valid_until
    return _said(copy.standard_id == OWN_CARD and bool(then and now) and then != now, then)


def _came_of_age(copy: ArchivedMaterial, scene: Scene) -> str | None:
    try:
        born = birth_date_of(copy.id_number)
    except BadIdNumber:
        return None
    if born > copy.checked_on:
        return None
    return _said(age_on(born, copy.checked_on) < ADULT <= age_on(born, scene.today))


def _powerless(copy: ArchivedMaterial, scene: Scene) -> str | None:
    agent = scene.agent
    lacks = agent is not None and agent.kind is not AgentKind.GUARDIAN and CONSENT_POWER not in agent.scope
    ended = agent is not None and agent.valid_until is not None and agent.valid_until < scene.today
    return _said(lacks or ended, agent.name if agent else "")


def _too_few(copy: ArchivedMaterial, scene: Scene) -> str | None:
    return _said(not copy.pages or len(copy.pages) < scene.material.pages_min, len(copy.pages))


_STANDING: tuple[tuple[Bar, Speaks], ...] = (
    (Bar.PRACTICE, lambda copy, scene: _said(copy.practice is not scene.practice)),
    (Bar.SAME_CASE, lambda copy, scene: _said(copy.source_case == scene.case_number)),
    (Bar.OTHER_PERSON, _other_person),
    (Bar.NO_PERMISSION, _no_permission),
    (Bar.WITHDRAWN, _gone(Bar.WITHDRAWN)),
    (Bar.REVOKED, _gone(Bar.REVOKED)),
    (Bar.HOLDER_GONE, _gone(Bar.HOLDER_GONE)),
    (Bar.SELF_WRITTEN, lambda copy, scene: _said(copy.level is TrustLevel.D)),
    (Bar.COPY_OF_COPY, lambda copy, scene: _said(bool(copy.copy_of))),
    (Bar.WRONG_HOLDER, _wrong_holder),
    (Bar.CASE_REFUSED, _decided(Bar.CASE_REFUSED)),
    (Bar.CASE_WITHDRAWN, _decided(Bar.CASE_WITHDRAWN)),
    (Bar.GRANTED_IN_PART, _decided(Bar.GRANTED_IN_PART)),
    (Bar.OUTCOME_UNKNOWN, _decided(Bar.OUTCOME_UNKNOWN)),
    (Bar.NOT_APPROVED, _decided(Bar.NOT_APPROVED)),
    (Bar.CHECKED_IN_FUTURE, lambda copy, scene: _said(copy.checked_on > scene.today, copy.checked_on)),
    (Bar.EXPIRED, _expired),
)
"""Bars that hold for every slot."""

TABLE: tuple[tuple[Bar, Speaks], ...] = (
    (Bar.OTHER_MATERIAL, lambda copy, scene: _said(not fits_standard(copy, scene))),
    (Bar.NOT_REUSABLE, lambda copy, scene: _said(not scene.material.reusable)),
    *_STANDING,
    (Bar.OTHER_STREET, _other_street),
    (Bar.TOO_OLD, _too_old),
    (Bar.NEWER_EXISTS, _newer),
    (Bar.NAME_CHANGED, _name_changed),
    (Bar.ADDRESS_CHANGED, _address_changed),
    (Bar.CARD_RENEWED, _card_renewed),
    (Bar.CAME_OF_AGE, _came_of_age),
    (Bar.TOO_FEW_PAGES, _too_few),
    (Bar.PAGES_MISSING, lambda copy, scene: _said(bool(copy.sha256 & scene.absent))),
    (Bar.PAGES_ALTERED, lambda copy, scene: _said(bool(copy.sha256 & scene.altered))),
    (Bar.USED_ALREADY, lambda copy, scene: _said(copy.archive_id in scene.used)),
    (Bar.AGENT_POWERLESS, _powerless),
    (Bar.NEEDS_ORIGINAL, lambda copy, scene: _said(copy.level is TrustLevel.C)),
)
"""All bars, the weightiest first: what nothing heals stands before what a look at the original heals."""
