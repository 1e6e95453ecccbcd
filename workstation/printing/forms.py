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
LICENCE_LAW_PROCEDURE = "《中华人民共和国行政许可法》第四十五条"
"""Hearing, inspection, expert review and the like are not counted and are told in writing."""
LICENCE_LAW_EXTENSION = "《中华人民共和国行政许可法》第四十二条"
"""The head of the agency may add ten working days, the reason is told."""


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
    stamp: str = ""
    """A warning framed under the heading, e.g. that the item pack was out of date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchLine:
    """One approver of a matter (一件事)."""

    item_title: str
    authority: str
    limit: str = ""
    """Its own limit, in words with its unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleratedLine:
    """A material that may follow (容缺受理)."""

    title: str
    due: date
    way: str = ""


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
    second_street: str = ""
    """The other household's street, where two verify."""
    tolerated: tuple[ToleratedLine, ...] = ()
    committed: tuple[str, ...] = ()
    """Materials the applicant promised in writing instead (告知承诺)."""
    branches: tuple[BranchLine, ...] = ()
    """The approvers of a matter; empty for a single item."""
    arrival: str = ""
    """How a supplement came, in words with its waybill number; empty: this is no supplement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceForm(PaperForm):
    """受理通知书: the application is accepted and the clock of the decision runs."""

    received_at: datetime
    accepted_on: date
    basis: str
    """Law it is accepted under; empty: the paper names none."""
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
    second_street: str = ""
    committed: tuple[str, ...] = ()
    branches: tuple[BranchLine, ...] = ()


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
class Tick:
    """A yes that was ticked, and the clerk who witnessed it."""

    at: datetime
    witness: str
    """Name of the clerk."""
    witness_key: str
    """Fingerprint of the key that signed the record of it; empty where the clerk has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReuseForm(PaperForm):
    """材料复用确认书: the citizen's yes, per material and for this case only."""

    asked_at: datetime
    lines: tuple[ReuseLine, ...]
    consent_way: str = "本人签字"
    """How the yes was given."""
    ticks: tuple[Tick, ...] = ()
    """Where the yes was ticked in the clerk's presence; empty: it is signed on this paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLine:
    """One value of the case beside the library's."""

    title: str
    given: str
    agrees: bool
    held: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofLine:
    """One certificate or data check."""

    material: str
    title: str
    """Of the certificate or the check."""
    outcome: str
    holder: str
    source: str
    ground: str
    """The person's yes, or the law."""
    asked_by: str
    verified_at: datetime | None = None
    """None: nobody has answered yet."""
    number: str = ""
    valid_until: date | None = None
    key_id: str = ""
    """Of the issuer's key; empty where a library was asked."""
    revocation: str = ""
    """Up to when revocations were known, in words."""
    reference: str = ""
    compared: tuple[ComparedLine, ...] = ()
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofForm(PaperForm):
    """电子证照核验单 or 数据核验表单."""

    made_at: datetime
    certificates: bool
    """False: data checks."""
    lines: tuple[ProofLine, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCell:
    """One field on a printed form."""

    label: str
    value: str = ""
    choices: tuple[str, ...] = ()
    """All answers a choice offers; the one equal to `value` is ticked."""
    columns: int = 1
    """How many of the form's two columns it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPart:
    """One section of a printed form."""

    title: str
    cells: tuple[FormCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationForm(PaperForm):
    """申请表: the agency's own form with the values in it; carries whole identity numbers."""

    title: str
    filled_on: date
    parts: tuple[FormPart, ...]
    """What the applicant states."""
    statement: str = ""
    """What the applicant signs under; empty: the usual sentence on truth."""
    office_parts: tuple[FormPart, ...] = ()
    """Sections that the agency fills by hand."""
    agency_boxes: tuple[str, ...] = ()
    """Headings of empty boxes with a place to sign, e.g. 街道意见."""
    wants_photo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLetterForm(PaperForm):
    """授权委托书: agent, matter, powers and period, signed by the applicant; identity numbers are whole."""

    principal_number: str
    agent_name: str
    agent_number: str
    relation: str = ""
    agent_phone: str = ""
    powers: tuple[str, ...]
    valid_until: date | None = None
    """Last day; None: until this case is finished."""
    written_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceUndertakingForm(PaperForm):
    """容缺受理承诺书: the applicant promises to hand in by the day."""

    lines: tuple[ToleratedLine, ...]
    promised_on: date
    basis: str = ""
    consequence: str
    cells: tuple[FormCell, ...] = ()
    """Fields of the form's undertaking stage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceNoticeForm(PaperForm):
    """容缺受理通知书 in two copies: what is missing, how, until when, and what follows."""

    lines: tuple[ToleratedLine, ...]
    told_on: date
    received_at: datetime
    where: str
    basis: str = ""
    consequence: str
    limit: str = ""
    """The promised limit in words, which no due day may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentForm(PaperForm):
    """告知承诺书: what the agency tells, and what the applicant promises instead of proving it."""

    lines: tuple[str, ...]
    """Materials the promise stands for."""
    text: str
    basis: str
    consequence: str
    told_on: date
    cells: tuple[FormCell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialProcedureForm(PaperForm):
    """特殊程序审查期限告知书: a procedure whose days are not counted."""

    procedure: str
    started_on: date
    expected: date | None = None
    basis: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionForm(PaperForm):
    """延长办理期限通知书: how long, why, and who approved it."""

    extended_on: date
    workdays: int
    reason: str = ""
    approver: str
    due_before: date | None = None
    due: date | None = None
    """Last day after the extension, when the calendar knows it."""
    basis: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverLine:
    """One material that gets a cover sheet."""

    title: str
    code: str
    """Text of the code, as `workstation.domain.covers` makes it."""
    standard: str = ""
    """Acceptance standard, for whoever lays the stack together."""
    pages: str = ""
    """How many pages are expected, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverSheetsForm(PaperForm):
    """扫描封面页: what belongs into the stack, and a cover for each material. Never a legal paper."""

    lines: tuple[CoverLine, ...]
