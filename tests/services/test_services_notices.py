"""The one notice the law allows, and the silence that means acceptance."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.contract.models import ChangeKind
from tests.services.conftest import ELDER_CARD, RELIEF, Window
from workstation.domain.case import Case, CaseState, Flag
from workstation.domain.checklist import readiness
from workstation.domain.entries import Flagged
from workstation.services.decision_errors import OneNoticeOnly, SituationOpen
from workstation.services.defects import collect, in_words, of_line


def defects_of(window: Window, case: Case) -> dict[str, str]:
    item = window.desk.catalogue.item_of(case)
    found = collect(item, readiness(item, window.store.case(case.case_id)))
    assert all(defect.basis for defect in found), "each with its ground"
    return {defect.material: defect.problem for defect in found}


def test_every_defect_is_gathered_missing_papers_page_counts_and_fields(window: Window) -> None:
    case = window.named(window.open())
    window.scan(case, "id-card")
    window.desk.intake.type_field(case.case_id, "phone", "123")
    found = defects_of(window, case)
    assert found["居民身份证"] == "页数不足: 已收 1 页, 至少 2 页"
    assert found["户口簿"] == "未提交"
    assert [problem for title, problem in found.items() if title.endswith("联系电话")] == ["电话号码格式不对"]


def test_an_original_nobody_has_seen_is_a_defect(window: Window) -> None:
    case = window.scan(window.named(window.open()), "id-card", 2)
    assert defects_of(window, case)["居民身份证"] == "未出示原件核对"


def test_a_clerk_says_in_words_what_is_wrong_with_a_paper_that_is_there(window: Window) -> None:
    case = window.ready()
    line = window.desk.view_of(case).line("photo-receipt")
    assert line is not None
    said = of_line(line, "照片不清晰")
    assert (said.material, said.problem, bool(said.needed)) == ("数码照相回执", "照片不清晰", True)
    case = window.desk.decisions.correct(case.case_id, (said, in_words("结婚证过期")))
    told = window.manifest(case).body["decision"]["defects"]
    assert [defect["problem"] for defect in told] == ["照片不清晰", "结婚证过期"]


def test_a_complete_case_has_no_defect(window: Window) -> None:
    assert not defects_of(window, window.ready())


def test_while_the_situation_is_open_nobody_can_tell_everything(window: Window) -> None:
    case = window.desk.intake.open_case(window.item(ELDER_CARD))
    case = window.named(case)
    with pytest.raises(SituationOpen):
        window.desk.decisions.correct(case.case_id, (in_words("缺材料"),))


def test_a_second_notice_is_refused_until_the_citizen_hands_something_in(window: Window) -> None:
    case = window.named(window.open())
    told = window.desk.decisions.correct(case.case_id, (in_words("缺材料"),))
    with pytest.raises(OneNoticeOnly) as refused:
        window.desk.decisions.correct(case.case_id, (in_words("还缺一份"),))
    assert refused.value.details["number"] == f"{case.number}-B"
    assert window.store.case(case.case_id) == told
    window.scan(told, "household-register")
    again = window.desk.decisions.correct(case.case_id, (in_words("户口簿缺本人页"),))
    assert again.last_move is not None and again.last_move.number == f"{case.number}-B2"


def test_the_notice_of_the_back_office_counts_as_the_one_notice(window: Window) -> None:
    case = window.tell_correction(window.received())
    with pytest.raises(OneNoticeOnly):
        window.desk.decisions.correct(case.case_id, (in_words("还缺一份"),))


def test_a_typed_value_counts_as_handed_in(window: Window) -> None:
    case = window.named(window.open())
    window.desk.decisions.correct(case.case_id, (in_words("电话不对"),))
    window.desk.intake.type_field(case.case_id, "phone", "19900000009")
    assert window.desk.decisions.correct(case.case_id, (in_words("电话仍不对"),)).bundles[-1].version == 2


# --- silence ----------------------------------------------------------------------------------------------


def test_a_window_that_heard_the_feed_marks_a_case_nobody_answered(window: Window) -> None:
    case = window.received()
    silence = window.desk.silence
    window.clock.forward(days=7)
    silence.heard(window.clock.now)
    assert not silence.unanswered() and not silence.mark(), "today is the last day"
    window.clock.forward(days=1)
    silence.heard(window.clock.now)
    (marked,) = silence.mark()
    assert marked.case_id == case.case_id and Flag.DEEMED_ACCEPTED in marked.flags
    assert marked.state is CaseState.RECEIVED
    entry = window.store.log(case.case_id)[-1]
    assert isinstance(entry.payload, Flagged) and entry.why == "期满未告知补正, 视为受理"
    assert silence.mark() == (), "once"


def test_a_window_that_was_offline_only_says_that_it_may_be_so(window: Window) -> None:
    case = window.received()
    window.desk.silence.heard(window.clock.now)
    window.clock.forward(days=10)
    assert window.desk.silence.mark() == ()
    assert [one.case_id for one in window.desk.silence.unanswered()] == [case.case_id]
    assert Flag.DEEMED_ACCEPTED not in window.store.case(case.case_id).flags


@pytest.mark.parametrize("answer", [ChangeKind.ACCEPTED, ChangeKind.CORRECTION, ChangeKind.REFUSED])
def test_a_case_that_was_answered_is_not_deemed_accepted(window: Window, answer: ChangeKind) -> None:
    case = window.received()
    window.tell(answer, case.number, reason="理由")
    window.clock.forward(days=10)
    window.desk.silence.heard(window.clock.now)
    assert window.desk.silence.mark() == () and window.desk.silence.unanswered() == ()


def test_a_day_the_calendar_does_not_know_is_never_guessed(window: Window) -> None:
    window.clock.forward(days=40)
    window.received(RELIEF)
    window.clock.forward(days=300)
    window.desk.silence.heard(window.clock.now)
    assert window.desk.silence.mark() == ()


def test_contact_is_remembered_once_a_minute_and_a_clock_set_back_counts(window: Window) -> None:
    silence, at = window.desk.silence, window.clock.now
    silence.heard(at)
    silence.heard(at + timedelta(seconds=30))
    assert window.store.setting("line.heard_at") == at.isoformat()
    silence.heard(at - timedelta(days=1))
    assert window.store.setting("line.heard_at") == (at - timedelta(days=1)).isoformat()
