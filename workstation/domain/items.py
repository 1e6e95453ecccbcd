"""What an item (事项) is: its questions, materials, form fields, limits and rules.

Items are written as YAML packs and loaded by `workstation.catalogue`; here are only the frozen values.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workstation.domain.forms import FormField, FormLayout
from workstation.domain.issuers import TrustedIssuer
from workstation.domain.kinds import (
    AgentKind,
    Channel,
    CorrectionRule,
    HandlingMode,
    ItemFlag,
    LimitUnit,
    MaterialOrigin,
    Need,
    OriginalRule,
    Reach,
    ReplacementKind,
    Routing,
    WindowCategory,
)
from workstation.domain.situations import ALWAYS, Question, When


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: never a bare number."""

    number: int
    unit: LimitUnit


@dataclass(frozen=True, slots=True)
class Replacement:
    """What makes the paper unnecessary."""

    kind: ReplacementKind
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One line that a checklist may ask for; becomes a slot (材料槽位) when `when` holds."""

    id: str
    title: str
    standard_id: str
    """Standard-material id: equal ids mean the same document, so a copy may be reused across items."""
    original: OriginalRule
    need: Need
    basis: str
    standard: str
    """Acceptance standard shown to the clerk (受理标准)."""
    issuer: str
    pages_min: int = 1
    pages_max: int = 20
    document_kind: str | None = None
    """Document kind known to OCR, e.g. `id-card-front`; None when it is not read."""
    back_kind: str | None = None
    """Kind of the second page where front and back differ, e.g. `id-card-back`."""
    scan_dpi: int = 0
    """Least resolution it is scanned at, e.g. 300 for small print (DA/T 31-2017); 0: the window's own."""
    origin: MaterialOrigin = MaterialOrigin.GOVERNMENT
    replaced_by: tuple[Replacement, ...] = ()
    """E-certificates or data checks that make the paper unnecessary."""
    committable: bool = False
    """True: the applicant may promise the fact in writing instead (告知承诺); never the same as tolerance."""
    validity_days: int | None = None
    """How long a checked copy may be reused, in calendar days; None: no limit."""
    reusable: bool = True
    when: When = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRule:
    """Who may act for the applicant, and with what."""

    kinds: tuple[AgentKind, ...] = ()
    """Empty: the applicant must come in person."""
    min_age: int = 18
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """告知承诺 (commitment instead of proof): what is promised, and what follows if false."""

    text: str
    basis: str
    consequence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When windows take the item."""

    words: str
    extended: bool = False
    """延时可办: also on Saturday mornings ("5+X"); limits still count in working days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What a district changes in a city's item from one day on (devolution); None: as it is."""

    districts: frozenset[str]
    """District codes (six digits, GB/T 2260)."""
    effective_from: date
    effective_until: date | None = None
    basis: str
    """The notice that changed it."""
    level: int | None = None
    authority: str | None = None
    promised: Limit | None = None
    acceptance_delegated: bool | None = None
    without_materials: frozenset[str] = frozenset()
    """Material ids the district no longer asks for."""
    conditions: tuple[str, ...] | None = None

    def applies(self, district: str, on: date) -> bool:
        """Return whether the district changes the item on that day."""
        is_over = self.effective_until is not None and on > self.effective_until
        return district in self.districts and self.effective_from <= on and not is_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """Elements of the implementation list (实施清单) that rules do not read but citizens and papers do."""

    power_source: str
    """权力来源, one digit: 1 by law at this level ... 6."""
    body_kind: str
    """实施主体性质: 1 statutory organ, 2 empowered organisation, 3 entrusted organisation."""
    entrusted_by: str = ""
    service_objects: tuple[str, ...] = ("1",)
    """服务对象, one digit each: 1 natural person, 2 enterprise ..."""
    channels: tuple[Channel, ...] = (Channel.WINDOW,)
    flow: tuple[str, ...] = ()
    """办理流程, one line a step."""
    special_procedures: tuple[str, ...] = ()
    """Procedures that stop the clock (行政许可法 art. 45), each in words."""
    place: str
    joint_bodies: tuple[str, ...] = ()
    intermediary: str = ""
    """中介服务; empty: none."""
    quantity_limit: str = ""
    """数量限制; empty: none."""
    result_kind: str
    """证照, 批文, 证明, 资金 or 其他."""
    fee_basis: str = ""
    bookable: bool = True
    online_payment: bool = False
    express: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as the window offers it."""

    code: str
    """基本编码 (12 characters)."""
    implementation_code: str
    """实施编码 (31 characters: USCC of the agency + level + basic code)."""
    title: str
    plain_title: str
    main_item: str
    sub_item: str
    city: str
    authority: str
    item_type: str
    """事项类型, two digits of the national item catalogue: 05 payment, 07 confirmation, 20 service ..."""
    level: int
    """行使层级: 3 city, 4 county, 5 street."""
    category: WindowCategory
    reach: Reach
    flags: frozenset[ItemFlag]
    instant: bool
    """即办件: finished on the spot, no tolerance."""
    review_free: bool = False
    """秒批: no review step at all; what is asked for is made from data at once."""
    online_only: bool = False
    """The window takes no case of it, it shows `online_at` instead."""
    online_at: str = ""
    mode: HandlingMode
    routing: Routing
    acceptance_delegated: bool
    """True: the receiving window may accept (受理), also offline; False: it may only receive (收件)."""
    conditions: tuple[str, ...]
    questions: tuple[Question, ...]
    materials: tuple[Material, ...]
    fields: tuple[FormField, ...]
    statutory: Limit | None
    promised: Limit | None
    correction: CorrectionRule
    fee: str
    result: str
    delivery: tuple[str, ...]
    agents: AgentRule
    visits: int
    hours: Hours
    legal_basis: tuple[str, ...]
    acceptance_basis: str = ""
    """Ground printed on an acceptance; empty: 行政许可法 art. 32, which covers licences only."""
    refusal_basis: str = ""
    credit_check: bool = False
    """True: the credit library is asked before any tolerance (信用核准)."""
    commitment: Commitment | None = None
    form: FormLayout = FormLayout(title="")
    elements: Elements
    overlays: tuple[Overlay, ...] = ()
    second_street: When | None = None
    """When a second street verifies too (routing BOTH_HOUSEHOLDS); None: never."""
    produces: tuple[str, ...] = ()
    """Standard-material ids of the papers it issues; no other item of the same matter asks for them."""
    members: tuple[str, ...] = ()
    """Codes of the items a matter (一件事) was joined from; empty for an ordinary item."""
    member_when: tuple[When, ...] = ()
    """When each of them takes part: a question that decides it is asked though no paper depends on it."""
    contact: str
    complaint: str
    sources: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    """Other names people search by."""
    search_keys: tuple[str, ...] = ()
    """Names with their pinyin, e.g. `敬jing老lao`, made when the pack was signed; else at first search."""
    effective_from: date | None = None

    @property
    def agent_allowed(self) -> bool:
        """True when somebody may act for the applicant."""
        return bool(self.agents.kinds)

    def question(self, question_id: str) -> Question:
        """Return the question with this id.

        Raises:
            KeyError: there is no such question.
        """
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def material(self, material_id: str) -> Material:
        """Return the material with this id.

        Raises:
            KeyError: there is no such material.
        """
        for material in self.materials:
            if material.id == material_id:
                return material
        raise KeyError(material_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """一件事: several items a citizen knows as one, with one checklist, one form and one due date."""

    id: str
    title: str
    """In plain words, e.g. 我要开理发店."""
    aliases: tuple[str, ...] = ()
    items: tuple[str, ...]
    """Basic codes of the members, in the order they are shown."""
    when: Mapping[str, When]
    """Member code -> when it takes part, over the matter's own questions; a code not named always does."""
    questions: tuple[Question, ...] = ()
    """Asked before the members' own questions, e.g. whether there are employees."""
    same: Mapping[str, tuple[str, ...]]
    """Field or question of the joined form -> the members' own, as `CODE.id`, that are one and the same.

    Fields of equal id and kind are the same without being named here; questions are so only when named.
    """
    promised: Limit
    """The one due date of the whole matter."""
    explanation: str
    """一说明: what happens, in plain words."""
    sources: tuple[str, ...]
    search_keys: tuple[str, ...] = ()


class ItemShelf(Sequence[Item]):
    """Items that are read only when they are opened."""

    @abstractmethod
    def by_code(self, code: str) -> Item:
        """Return the item with this basic code.

        Raises:
            KeyError: there is no such item.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A signed, versioned set of items; a case keeps the version it was taken under."""

    id: str
    version: str
    issued_on: date
    valid_until: date
    notice: str
    streets: Mapping[str, str]
    """Street code -> street name, the streets the pack routes to."""
    districts: Mapping[str, str]
    """Street code -> district code (six digits, GB/T 2260), for overlays."""
    items: Sequence[Item]
    """All of them; of a large pack each is read when it is opened."""
    matters: tuple[Matter, ...] = ()
    issuers: tuple[TrustedIssuer, ...] = ()
    """Whose e-certificates are taken offline; a pack without a list takes none."""

    def is_stale(self, on: date) -> bool:
        """Return whether the pack is older than its own last day."""
        return on > self.valid_until

    def item(self, code: str) -> Item:
        """Return the item with this basic code.

        Raises:
            KeyError: the pack has no such item.
        """
        if isinstance(self.items, ItemShelf):
            return self.items.by_code(code)
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def matter(self, matter_id: str) -> Matter:
        """Return the matter with this id.

        Raises:
            KeyError: the pack has no such matter.
        """
        for matter in self.matters:
            if matter.id == matter_id:
                return matter
        raise KeyError(matter_id)
