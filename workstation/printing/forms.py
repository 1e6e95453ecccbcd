"""What each paper says: plain frozen values, filled by the services and free of their types.

Dates are days in Beijing; moments are aware (converted to Beijing time) or already Beijing time. Texts may
hold anything a person typed; whole identity numbers are masked on paper even if a caller forgot to.
Wording on paper is always Chinese, whatever language the screens use: the paper is the legal act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

LICENCE_LAW_SILENCE = "《中华人民共和国行政许可法》第三十二条第一款第四项"
"""Silence beyond five working days means acceptance from receipt."""
LICENCE_LAW_ACCEPT = "《中华人民共和国行政许可法》第三十二条第一款第五项"
"""Competent, complete, lawful form, or corrected as asked: the application is accepted."""
LICENCE_LAW_REFUSE = "《中华人民共和国行政许可法》第三十二条第一款第一项、第二项"
"""No licence needed, or another body is competent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialLine:
    """One material on a paper."""

    title: str
    original: str
    """What happened to the original, in words: 原件已核退还, 原件留存, 扫描, 复用 ..."""
    sheets: int = 0
    """Sheets of paper handed in; 0 when nothing stays."""
    pages: int = 0
    """Pages scanned."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperForm:
    """What every paper carries."""

    number: str
    """Number of this paper; the QR code names it."""
    case_number: str
    item_title: str
    item_code: str
    applicant_name: str
    id_masked: str
    """First six and last four characters only."""
    hall: str
    window: str
    clerk: str
    phone: str
    complaint_phone: str
    bundle_sha256: str = ""
    """Hash of the sealed bundle's manifest, lower-case hex; empty when nothing is sealed yet."""
    provisional: bool = False
    """True: the numbers were given by the window and the back office has not confirmed them yet."""
    practice: bool = False
    """True: training data; the paper is marked and is worth nothing."""
    id_kind: str = "居民身份证"
    agent: str = ""
    authority: str = ""
    """The body in whose name the paper speaks; the hall when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptForm(PaperForm):
    """接收回执: proof that materials were handed in."""

    received_at: datetime
    home_street: str
    materials: tuple[MaterialLine, ...]
    answer_by: date | None = None
    """Last day on which the applicant hears (five working days); None when no rule sets one."""
    answer_way: str = ""
    silence_basis: str = ""
    """Law by which silence until `answer_by` means acceptance; empty: the paper does not say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleratedLine:
    """A material that may follow (容缺受理)."""

    title: str
    due: date
    way: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceForm(PaperForm):
    """受理通知书: the application is accepted and the clock of the decision runs."""

    received_at: datetime
    accepted_on: date
    basis: str
    materials: tuple[MaterialLine, ...]
    promised_limit: str
    """In words with its unit, e.g. `7 个工作日`."""
    statutory_limit: str
    due: date | None = None
    """Last day of the promised limit, when the calendar knows it."""
    office: str = ""
    """Who decides."""
    office_contact: str = ""
    result: str = ""
    pickup: str = ""
    fee: str = ""
    tolerated: tuple[ToleratedLine, ...] = ()
    overdue_consequence: str = ""
    """What happens when a tolerated material does not come in time."""
    deemed: bool = False
    """True: accepted because nobody answered in time; `accepted_on` is the day of receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectLine:
    """One thing to correct."""

    material: str
    problem: str
    needed: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionForm(PaperForm):
    """申请材料补正告知书: every defect, told once."""

    received_at: datetime
    told_on: date
    defects: tuple[DefectLine, ...]
    deadline: date | None
    where: str
    """Where and how to hand in."""
    consequence: str
    """What happens when nothing comes by the deadline."""
    basis: str = LICENCE_LAW_SILENCE
    returned: str = ""
    """What was handed back to the applicant together with the notice, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalForm(PaperForm):
    """不予受理通知书: why not, on which ground, who is competent, and how to object."""

    received_at: datetime
    decided_on: date
    reason: str
    basis: str
    competent_body: str = ""
    competent_contact: str = ""
    review_body: str = ""
    """Where to ask for administrative review."""
    court: str = ""
    materials: tuple[MaterialLine, ...] = ()
    """What had been handed in, and what became of each original."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReuseLine:
    """One archived copy the citizen lets this case use."""

    material: str
    source_case: str
    checked_on: date
    checked_by: str
    level: str
    """A, B, C or D."""
    pages: int
    sha256: str
    """Hash of the copy (of its only page, or of the list of page hashes), lower-case hex."""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReuseForm(PaperForm):
    """材料复用确认书: the citizen's yes, per material and for this case only."""

    asked_at: datetime
    lines: tuple[ReuseLine, ...]
    consent_way: str = "本人签字"
    """How the yes was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverLine:
    """One original in the bag."""

    case_number: str
    item_title: str
    applicant_masked: str
    paper: str
    sheets: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverForm:
    """物料流转凭证: what is in a courier bag, signed by who gives and who takes."""

    number: str
    bag_number: str
    hall: str
    from_street: str
    to_street: str
    to_address: str
    listed_at: datetime
    due_at: datetime | None
    """Last moment at the home street."""
    lines: tuple[HandoverLine, ...]
    seal_number: str
    waybill: str
    clerk: str
    phone: str
    carrier: str = "中国邮政"
    supervisor: str = ""
    bundle_sha256: str = ""
    practice: bool = False
