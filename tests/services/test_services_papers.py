"""Papers: each one can be made in its state, says what the log says, and promises nothing nobody promised."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from sync.contract.models import ChangeKind
from sync.contract.signing import key_id, load_public
from tests.services.conftest import (
    DEFECT,
    ELDER_CARD,
    NOW,
    PROFILE,
    RELIEF,
    SOCIAL_CARD,
    ZHAO,
    MakeWindow,
    Window,
    applicant_of,
)
from workstation.domain.case import Case, CaseState, Defect
from workstation.domain.items import Limit, Pack
from workstation.domain.kinds import CorrectionRule, LimitUnit
from workstation.printing.forms import LICENCE_LAW_SILENCE
from workstation.printing.layout import PrintedFile
from workstation.services.desk import Desk
from workstation.services.paper_words import copy_sha256, limit_words
from workstation.services.papers import Paper, Papers, papers_for
from workstation.services.reuse import CONSENT_WAYS
from workstation.store import people as staff

WINDOW_DEFECT = Defect(material_id="-", material="户口簿", problem="未提交", needed="本人页", basis="")
LATE_YEAR = timedelta(days=40)


class Drawer:
    """Keeps the forms it is given instead of drawing them."""

    def __init__(self) -> None:
        self.forms: list[Any] = []

    def __call__(self, form: object, path: Path) -> PrintedFile:
        self.forms.append(form)
        return PrintedFile(path, 1, "0" * 64)


@dataclasses.dataclass
class Press:
    """The papers of a window with a drawer in place of the press."""

    papers: Papers
    drawer: Drawer

    def form(self, make: str, case: Case) -> Any:
        assert getattr(self.papers, make)(case.case_id) is not None
        return self.drawer.forms[-1]


def press_of(window: Window) -> Press:
    drawer = Drawer()
    return Press(dataclasses.replace(window.desk.papers, render=drawer), drawer)


@pytest.fixture
def press(window: Window) -> Press:
    return press_of(window)


def received(window: Window) -> Case:
    return window.received()


def accepted(window: Window) -> Case:
    return window.desk.decisions.accept(window.ready(SOCIAL_CARD).case_id)


def corrected(window: Window) -> Case:
    return window.desk.decisions.correct(window.named(window.open()).case_id, (WINDOW_DEFECT,))


def refused(window: Window) -> Case:
    return window.desk.decisions.refuse(window.ready().case_id, reason="不属于本机关职权", body="市民政局")


def told(*kinds: ChangeKind) -> Callable[[Window], Case]:
    def make(window: Window) -> Case:
        case = window.received()
        for kind in kinds:
            window.tell(kind, case.number, reason="理由", defects=(DEFECT,), number=f"N-{kind}")
        return window.store.case(case.case_id)

    return make


STATES: dict[str, Callable[[Window], Case]] = {
    "RECEIVED": received,
    "ACCEPTED": accepted,
    "ACCEPTED by the street": told(ChangeKind.ACCEPTED),
    "CORRECTION": corrected,
    "CORRECTION by the street": told(ChangeKind.CORRECTION),
    "REFUSED": refused,
    "REFUSED by the street": told(ChangeKind.REFUSED),
    "IN_REVIEW": told(ChangeKind.ACCEPTED, ChangeKind.IN_REVIEW),
    "DECIDED": told(ChangeKind.ACCEPTED, ChangeKind.DECIDED),
    "DELIVERED": told(ChangeKind.ACCEPTED, ChangeKind.DECIDED, ChangeKind.DELIVERED),
}


@pytest.mark.parametrize("state", STATES)
def test_every_paper_of_every_state_can_be_made(window: Window, state: str) -> None:
    case = STATES[state](window)
    assert case.state.value == state.split()[0]
    names = papers_for(case, window.desk.catalogue.item_of(case))
    assert names and names[0] == "receipt"
    for name in names:
        paper = getattr(window.desk.papers, name)(case.case_id)
        assert paper.path.read_bytes().startswith(b"%PDF") and paper.pages >= 1
        assert paper.warning is None
    made = window.store.case(case.case_id).papers
    assert len({printed.path for printed in made}) == len(names)


@pytest.mark.parametrize("state", [CaseState.DRAFT, CaseState.WITHDRAWN, CaseState.TERMINATED])
def test_a_case_that_was_never_received_or_is_over_has_no_papers(window: Window, state: CaseState) -> None:
    assert papers_for(dataclasses.replace(window.open(), state=state), window.item(ELDER_CARD)) == ()


def test_a_paper_that_was_made_stands_in_the_log(window: Window) -> None:
    case = received(window)
    paper = window.desk.papers.receipt(case.case_id)
    (printed,) = window.store.case(case.case_id).papers
    assert (printed.form, printed.number, printed.path) == ("接收回执", case.number, paper.path.name)


def test_a_paper_that_failed_does_not_stand_in_the_log(window: Window) -> None:
    def out_of_paper(form: object, path: Path) -> PrintedFile:
        raise OSError

    case = received(window)
    with pytest.raises(OSError):
        dataclasses.replace(window.desk.papers, render=out_of_paper).receipt(case.case_id)
    assert window.store.case(case.case_id) == case


def test_characters_no_font_has_are_named_to_the_clerk(window: Window) -> None:
    case = window.open()
    rare = dataclasses.replace(applicant_of(ZHAO), name="赵\ue000")
    window.desk.intake.set_applicant(case.case_id, rare)
    window.desk.intake.set_home_street(case.case_id, "XMH")
    window.filled(window.with_materials(case))
    paper = window.desk.papers.receipt(window.desk.decisions.receive(case.case_id).case_id)
    assert paper.missing == ("\ue000",)
    assert paper.warning is not None and paper.warning.code == "P105"
    assert "\ue000" in paper.warning.what


def test_the_receipt_says_when_the_citizen_hears_and_what_silence_means(window: Window, press: Press) -> None:
    form = press.form("receipt", received(window))
    assert (form.answer_by, form.silence_basis) == (date(2026, 11, 27), LICENCE_LAW_SILENCE)
    assert form.provisional and form.received_at == NOW
    assert form.home_street == "香蜜湖街道"


def test_the_receipt_names_every_material_and_where_its_original_is(window: Window, press: Press) -> None:
    form = press.form("receipt", received(window))
    assert [(line.original, line.sheets, line.pages) for line in form.materials] == [
        ("原件已核退还", 0, 2),
        ("原件已核退还", 0, 1),
        ("原件留存，流转属地", 1, 1),
        ("由表单生成，签字", 0, 0),
    ]


def test_the_receipt_carries_the_hash_of_the_bundle_and_no_whole_number(window: Window, press: Press) -> None:
    case = received(window)
    form = press.form("receipt", case)
    assert form.bundle_sha256 == case.bundles[-1].manifest_sha256
    assert form.id_masked == "440304********" + ZHAO.id_number[-4:]


def test_only_the_licence_laws_rule_promises_acceptance_by_silence(
    make_window: MakeWindow, pack: Pack
) -> None:
    items = tuple(dataclasses.replace(item, correction=CorrectionRule.ON_SPOT) for item in pack.items)
    window = make_window(packs=(dataclasses.replace(pack, items=items),))
    press = press_of(window)
    form = press.form("receipt", received(window))
    assert form.silence_basis == "" and form.answer_by == NOW.date()
    form = press.form("correction", corrected(window))
    assert form.basis == "、".join(window.item(ELDER_CARD).legal_basis)


def test_beyond_the_calendar_the_receipt_says_that_the_day_is_counted_by_hand(
    window: Window, press: Press
) -> None:
    window.clock.forward(days=LATE_YEAR.days)
    form = press.form("receipt", received(window))
    assert form.answer_by is None
    assert form.answer_way.startswith("期限需人工核定：自收到材料之日起五个工作日内")
    assert LICENCE_LAW_SILENCE in form.answer_way


def test_beyond_the_calendar_the_acceptance_keeps_its_limit_without_a_day(
    window: Window, press: Press
) -> None:
    window.clock.forward(days=LATE_YEAR.days)
    form = press.form("acceptance", accepted(window))
    assert (form.promised_limit, form.due) == ("10 个工作日（期限需人工核定）", None)


def test_within_the_calendar_nothing_is_left_to_be_counted_by_hand(window: Window, press: Press) -> None:
    form = press.form("acceptance", accepted(window))
    assert (form.promised_limit, form.due) == ("10 个工作日", date(2026, 12, 4))
    by_the_street = press.form("acceptance", told(ChangeKind.ACCEPTED)(window))
    assert (by_the_street.due, by_the_street.office) == (None, "香蜜湖街道")
    assert "人工" not in by_the_street.promised_limit


@pytest.mark.parametrize(
    ("make", "notice"),
    [(accepted, "受理通知书"), (corrected, "申请材料补正告知书"), (refused, "不予受理通知书")],
)
def test_a_receipt_given_with_a_decision_points_to_it_and_promises_no_other_answer(
    window: Window, press: Press, make: Callable[[Window], Case], notice: str
) -> None:
    form = press.form("receipt", make(window))
    assert notice in form.answer_way
    assert (form.answer_by, form.silence_basis) == (None, "")


def test_a_receipt_printed_again_after_a_later_decision_still_says_what_it_said(
    window: Window, press: Press
) -> None:
    case = received(window)
    before = press.form("receipt", case)
    window.tell(ChangeKind.ACCEPTED, case.number)
    assert press.form("receipt", case) == before


def test_the_correction_notice_sets_no_day_the_law_does_not_set(window: Window, press: Press) -> None:
    form = press.form("correction", corrected(window))
    assert form.deadline is None
    assert [(line.material, line.problem) for line in form.defects] == [("户口簿", "未提交")]
    assert form.consequence.startswith("一直未补正的，由办理机关按本事项的规定处理")
    assert "答复期限自收到全部补正材料之日起计算" in form.consequence
    assert "华富街道政务服务大厅" in form.where


def test_a_day_set_by_the_back_office_stands_on_the_notice(window: Window, press: Press) -> None:
    case = received(window)
    window.tell(ChangeKind.CORRECTION, case.number, defects=(DEFECT,), due=date(2026, 12, 11), number="BZ-1")
    form = press.form("correction", case)
    assert (form.deadline, form.number) == (date(2026, 12, 11), "BZ-1")
    assert form.consequence.startswith("逾期未补正的")
    assert form.returned == "原件已核退还：居民身份证、户口簿"


@pytest.mark.parametrize(
    ("make", "name", "day"), [(corrected, "correction", "told_on"), (refused, "refusal", "decided_on")]
)
def test_a_notice_printed_again_keeps_its_date(
    window: Window, press: Press, make: Callable[[Window], Case], name: str, day: str
) -> None:
    case = make(window)
    first = getattr(press.form(name, case), day)
    window.clock.forward(days=2)
    press.form(name, case)
    assert first == getattr(press.form(name, case), day) == NOW.date()


def test_the_refusal_gives_ground_competent_body_and_every_original(window: Window, press: Press) -> None:
    form = press.form("refusal", refused(window))
    assert (form.reason, form.competent_body) == ("不属于本机关职权", "市民政局")
    assert {line.original for line in form.materials} == {"原件已核退还", "由表单生成，签字"}
    assert (form.review_body, form.court) == ("", ""), "who reviews it is not guessed"


def test_the_street_that_refused_is_not_printed_as_the_competent_body(window: Window, press: Press) -> None:
    form = press.form("refusal", told(ChangeKind.REFUSED)(window))
    assert (form.reason, form.competent_body) == ("理由", "")


def test_the_acceptance_lists_what_follows_later_and_what_happens_else(window: Window, press: Press) -> None:
    case = window.named(window.open(RELIEF))
    due = NOW.date() + timedelta(days=5)
    window.defer(case, "medical-invoice")
    window.filled(window.with_materials(case, except_for=("medical-invoice",)))
    case = window.desk.decisions.receive(case.case_id)
    window.tell(ChangeKind.ACCEPTED, case.number)
    form = press.form("acceptance", case)
    assert [(line.due, line.way) for line in form.tolerated] == [(due, "窗口提交")]
    assert form.overdue_consequence
    assert "容缺，后补" in {line.original for line in form.materials}


def test_an_agent_stands_on_every_paper(window: Window, press: Press) -> None:
    case = window.named(window.open(who="agent"))
    window.desk.intake.type_field(case.case_id, "agent_name", "钱样本")
    window.filled(window.with_materials(case))
    case = window.desk.decisions.receive(case.case_id)
    assert press.form("receipt", case).agent == "钱样本"


def test_an_agent_who_is_not_asked_for_any_more_stands_on_no_paper(window: Window, press: Press) -> None:
    case = window.named(window.open(who="agent"))
    window.desk.intake.type_field(case.case_id, "agent_name", "钱样本")
    window.desk.intake.answer(case.case_id, "who", "self")
    window.filled(window.with_materials(case))
    case = window.desk.decisions.receive(case.case_id)
    assert press.form("receipt", case).agent == ""


def reusing(window: Window) -> Case:
    window.approved()
    case = window.named(window.open())
    window.desk.reuse.take(case.case_id, "household-register", consent_way="本人签字")
    window.filled(window.with_materials(case))
    return window.desk.decisions.receive(case.case_id)


def test_the_reuse_confirmation_names_source_check_validity_and_hash(window: Window, press: Press) -> None:
    case = reusing(window)
    form = press.form("reuse", case)
    (line,) = form.lines
    assert (line.source_case, line.checked_by, line.level) == ("W03-20261120-001", "王样本", "B")
    assert (line.checked_on, line.valid_until) == (NOW.date(), NOW.date() + timedelta(days=365))
    reuse = case.slot("household-register").reuse
    assert reuse is not None and line.sha256 == reuse.pages[0].sha256
    assert (form.asked_at, form.consent_way) == (NOW, "本人签字")
    receipt = press.form("receipt", case)
    assert ("复用存档材料", "来源办件 W03-20261120-001") in {(m.original, m.note) for m in receipt.materials}


def test_a_ticked_yes_names_who_ticked_when_and_the_clerk_with_their_key(
    window: Window, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "ARGON2ID", {"iterations": 1, "lanes": 1, "memory_kib": 64})
    window.approved()
    case = window.named(window.open())
    chief = window.desk.people.begin(PROFILE.clerk, "246810")
    window.desk.reuse.take(case.case_id, "household-register", consent_way=CONSENT_WAYS["tick"])
    (tick,) = press.form("reuse", window.store.case(case.case_id)).ticks
    assert (tick.at, tick.witness) == (NOW, PROFILE.clerk)
    assert tick.witness_key == key_id(load_public(chief.public_key))
    drawn = window.desk.papers.reuse(case.case_id)
    assert drawn is not None
    with pikepdf.open(drawn.path) as pdf:
        assert len(pdf.pages) == 1
    window.desk.reuse.withdraw(case.case_id, "household-register", why="申请人撤回")
    assert window.desk.papers.reuse(case.case_id) is None


def test_a_signed_yes_has_no_tick(window: Window, press: Press) -> None:
    assert press.form("reuse", reusing(window)).ticks == ()


def test_a_reuse_confirmation_can_be_drawn(window: Window) -> None:
    paper = window.desk.papers.reuse(reusing(window).case_id)
    assert isinstance(paper, Paper) and paper.path.read_bytes().startswith(b"%PDF")


def test_without_a_reused_copy_there_is_nothing_to_confirm(window: Window) -> None:
    assert window.desk.papers.reuse(received(window).case_id) is None


def test_a_copy_of_several_pages_goes_by_a_hash_over_all_of_them(window: Window) -> None:
    pages = window.scan(window.open(), "household-register", 2).slot("household-register").pages
    joined = f"{pages[0].sha256}\n{pages[1].sha256}".encode()
    assert copy_sha256(pages) == hashlib.sha256(joined).hexdigest()
    assert copy_sha256(pages) != copy_sha256(pages[::-1])


def listed_bag(desk: Desk) -> Any:
    bag = desk.courier.pack(desk.courier.waiting()[0])
    return desk.courier.close(bag.number, seal_number="F-0001")


def test_the_handover_list_can_be_drawn_and_hides_the_person(window: Window, press: Press) -> None:
    received(window)
    bag = listed_bag(window.desk)
    assert window.desk.papers.handover(bag).path.read_bytes().startswith(b"%PDF")
    press.papers.handover(bag)
    form = press.drawer.forms[-1]
    assert [line.applicant_masked for line in form.lines] == ["赵**"]
    assert (form.seal_number, form.due_at, form.listed_at) == ("F-0001", bag.due_at, NOW)
    assert form.bundle_sha256 == window.store.outbox.line(bag.bundle_id).manifest_sha256
    assert form.to_address == "", "the pack does not know it"


def test_beyond_the_calendar_the_handover_list_leaves_the_day_open(window: Window, press: Press) -> None:
    window.clock.now = NOW.replace(month=12, day=31)
    received(window)
    press.papers.handover(listed_bag(window.desk))
    assert press.drawer.forms[-1].due_at is None


@pytest.mark.parametrize("number", ["../../etc/passwd", "华府〔2026〕1号/2", "..", "/tmp/x"])
def test_a_number_from_outside_never_leads_a_paper_out_of_its_folder(window: Window, number: str) -> None:
    case = window.received()
    window.tell(ChangeKind.ACCEPTED, case.number, number=number)
    paper = window.desk.papers.acceptance(case.case_id)
    assert paper.number == number
    assert paper.path.parent == window.desk.papers.folder and paper.path.exists()


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (None, "未设定"),
        (Limit(5, LimitUnit.WORKDAY), "5 个工作日"),
        (Limit(30, LimitUnit.CALENDAR_DAY), "30 日 (自然日)"),
    ],
)
def test_a_limit_is_never_a_bare_number(limit: Limit | None, said: str) -> None:
    assert limit_words(limit) == said
