"""Decisions taken on the review page: they reach the window once, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest

from sync.contract.models import ChangeKind
from sync.gateway.desk.sessions import IDLE_S
from tests.sync.desk.review_desk import Browser, case_of, reviewer
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem

both_engines = pytest.mark.usefixtures("engine")
DEFECT = {"where-0": "slot:id-card", "problem-0": "页面不清晰", "needed-0": "请重新扫描", "basis-0": ""}


@pytest.fixture
def number(window: WindowSeat) -> str:
    manifest = case_of(window)
    window.delivered(manifest)
    return manifest.subject


@both_engines
def test_a_correction_names_every_defect_and_reaches_the_window(
    window: WindowSeat, desk: Browser, number: str
) -> None:
    desk.open(number, "correction")
    second = {"where-1": "field:name", "problem-1": "姓名不一致", "needed-1": "请更正", "basis-1": "第三条"}
    answer = desk.decide(number, **DEFECT, **second, due="2026-12-01")
    assert answer.status_code == 303
    (change,) = window.news()["changes"]
    assert (change["kind"], change["actor"], change["due"]) == ("correction", "华富街道 li", "2026-12-01")
    assert [(d["material_id"], d["material"], d["problem"], d["basis"]) for d in change["defects"]] == [
        ("id-card", "居民身份证", "页面不清晰", ""),
        ("form", "申请表 · 姓名", "姓名不一致", "第三条"),
    ]
    assert "已办: 要求补正" in desk.open(number, done="correction").text


@pytest.mark.parametrize(
    ("act", "typed", "kind", "reason"),
    [
        ("accepted", {"due": ""}, "accepted", ""),
        ("refused", {"reason": "不属于本机关职权"}, "refused", "不属于本机关职权"),
    ],
)
def test_a_case_is_accepted_or_refused(
    window: WindowSeat, desk: Browser, number: str, act: str, typed: dict[str, str], kind: str, reason: str
) -> None:
    desk.open(number, act)
    assert desk.decide(number, **typed).status_code == 303
    (change,) = window.news()["changes"]
    assert (change["kind"], change["reason"]) == (kind, reason)


def test_an_accepted_case_is_decided(window: WindowSeat, desk: Browser, number: str) -> None:
    assert 'value="2026-11-09"' in desk.open(number, "accepted").text
    desk.decide(number, due="2026-11-09")
    desk.open(number, "in_review")
    desk.decide(number)
    desk.open(number, "decided")
    assert desk.decide(number, outcome="denied", reason=" ").status_code == 422
    assert desk.decide(number, outcome="denied", reason="不符合条件").status_code == 303
    changes = window.news()["changes"]
    assert [change["kind"] for change in changes] == ["accepted", "in_review", "decided"]
    assert (changes[-1]["outcome"], changes[-1]["reason"]) == ("denied", "不符合条件")
    assert re.findall('data-key="(.)"', desk.open(number).text) == ["i"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"problem-0": "", "needed-0": ""}, "至少要写一处"),
        ({**DEFECT, "needed-0": " "}, "每一处都要写明"),
        ({**DEFECT, "where-0": ""}, "都要选材料"),
        ({**DEFECT, "due": "soon"}, "日期应写成"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    window: WindowSeat, desk: Browser, number: str, typed: dict[str, str], message: str
) -> None:
    desk.open(number, "correction")
    answer = desk.decide(number, **typed)
    assert answer.status_code == 422 and message in answer.text
    assert all(value in answer.text for name, value in typed.items() if name.startswith("problem"))
    assert window.news()["changes"] == []


def test_there_is_room_for_more_defects(desk: Browser, number: str) -> None:
    desk.open(number, "correction")
    answer = desk.decide(number, **DEFECT, **{"problem-1": "", "more": "1"})
    assert 'name="problem-2"' in answer.text and "页面不清晰" in answer.text


@both_engines
def test_of_two_approvers_the_second_is_told_and_nothing_is_decided_twice(
    hall: Hall, window: WindowSeat, desk: Browser, number: str
) -> None:
    other = reviewer(hall, "zhou")
    desk.open(number, "accepted")
    other.open(number, "correction")
    assert desk.decide(number, due="").status_code == 303
    answer = other.decide(number, **DEFECT)
    assert answer.status_code == 409
    assert "华富街道 li" in answer.text and "没有发出" in answer.text and "页面不清晰" in answer.text
    assert [change["kind"] for change in window.news()["changes"]] == ["accepted"]


def test_the_same_form_sent_twice_decides_once(window: WindowSeat, desk: Browser, number: str) -> None:
    desk.open(number, "accepted")
    form = desk.hidden()
    assert desk.send("/case", form, params={"number": number}).status_code == 303
    assert desk.send("/case", form, params={"number": number}).status_code == 409
    assert len(window.news()["changes"]) == 1


def test_a_version_that_came_meanwhile_is_looked_at_first(window: WindowSeat, desk: Browser) -> None:
    first = case_of(window)
    window.delivered(first)
    desk.open(first.subject, "refused")
    window.delivered(window.next_version(first, body=first.body))
    assert desk.decide(first.subject, reason="x").status_code == 409
    assert window.news()["changes"] == []


def test_a_decision_without_what_was_seen_is_not_taken(
    window: WindowSeat, desk: Browser, number: str
) -> None:
    desk.open(number, "accepted")
    assert desk.decide(number, seen="").status_code == 409
    assert window.news()["changes"] == []


def test_a_form_of_another_page_decides_nothing(window: WindowSeat, desk: Browser, number: str) -> None:
    desk.open(number, "accepted")
    for csrf in ("", "x", "不对"):
        assert desk.decide(number, csrf=csrf).status_code == 403
    desk.open(number, "accepted")
    form = desk.hidden()
    site = {"Sec-Fetch-Site": "cross-site"}
    assert desk.send("/case", form, params={"number": number}, headers=site).status_code == 403
    assert window.news()["changes"] == []


def test_typed_words_survive_the_end_of_the_log_in(hall: Hall, desk: Browser, number: str) -> None:
    desk.open(number, "correction")
    hall.clock.forward(seconds=IDLE_S + 1)
    answer = desk.decide(number, **{**DEFECT, "problem-0": "缺\"页' <b>"})
    assert answer.status_code == 401 and "您写的内容还在" in answer.text
    again = desk.log_in(**desk.hidden())
    assert again.status_code == 200 and "缺&#34;页&#39; &lt;b&gt;" in again.text
    assert hall.office.cases()[0].state == "RECEIVED"
    assert desk.decide(number, **{**DEFECT, "problem-0": "缺页"}).status_code == 303
    assert hall.office.cases()[0].state == "CORRECTION"


def test_typed_words_survive_a_wrong_password_too(hall: Hall, desk: Browser, number: str) -> None:
    desk.open(number, "correction")
    hall.clock.forward(seconds=IDLE_S + 1)
    desk.decide(number, **DEFECT)
    desk.log_in(password="not this one", **desk.hidden())
    assert "页面不清晰" in desk.log_in(**desk.hidden()).text


def test_an_open_page_is_told_when_its_case_moves(hall: Hall, desk: Browser, number: str) -> None:
    desk.open(number, "correction")
    asked = {"number": number, "seen": desk.hidden()["seen"]}
    assert desk.get("/changed", params=asked).text.strip() == ""
    hall.office.decide(number, ChangeKind.ACCEPTED, actor="x")
    answer = desk.get("/changed", params=asked)
    assert "本件刚有变化" in answer.text and answer.status_code == 286


def decided(hall: Hall, number: str) -> None:
    for kind in (ChangeKind.ACCEPTED, ChangeKind.DECIDED):
        hall.office.decide(number, kind, actor="x")


@both_engines
def test_a_result_goes_to_the_window_as_a_file_once(
    hall: Hall, window: WindowSeat, desk: Browser, number: str
) -> None:
    data = b"%PDF-1.7 specimen"
    decided(hall, number)
    for _ in range(2):
        desk.open(number, "result")
        file = {"file": ("..\\..\\敬老优待证.pdf", data, "application/pdf")}
        answer = desk.send("/result", desk.hidden(), params={"number": number}, files=file)
        assert answer.status_code == 303, answer.text
    last = window.news()["changes"][-1]
    assert [change["kind"] for change in window.news()["changes"]] == ["accepted", "decided", "result"]
    (file_told,) = last["files"]
    assert (file_told["name"], file_told["size"], last["actor"]) == (
        "敬老优待证.pdf",
        len(data),
        "华富街道 li",
    )
    assert window.call("GET", f"/v1/results/{file_told['sha256']}").content == data
    other = hall.window()
    check_problem(other.call("GET", f"/v1/results/{file_told['sha256']}"), 404, "result-unknown")
    assert "敬老优待证.pdf" in desk.open(number).text


@pytest.mark.parametrize(
    "data", [b"", b"MZ program", b"<svg/>", b"%PDF-"], ids=("none", "program", "svg", "large")
)
def test_only_a_picture_or_a_pdf_of_fair_size_is_a_result(
    hall: Hall, window: WindowSeat, desk: Browser, number: str, data: bytes
) -> None:
    decided(hall, number)
    desk.open(number, "result")
    data += bytes(16 * 1024 * 1024) if data.startswith(b"%PDF") else b""
    file = {"file": ("x.pdf", data, "application/pdf")}
    answer = desk.send("/result", desk.hidden(), params={"number": number}, files=file)
    assert answer.status_code == 422 and "没有发出" in answer.text
    assert window.news()["changes"][-1]["kind"] == "decided"


def test_a_result_needs_a_decision_a_log_in_and_a_form_of_ours(
    hall: Hall, window: WindowSeat, desk: Browser, number: str
) -> None:
    file = {"file": ("x.pdf", b"%PDF-1.7", "application/pdf")}
    desk.open(number)
    form = {"csrf": desk.hidden()["csrf"], "seen": ""}
    asked = {"number": number}
    assert desk.send("/result", form, params=asked, files=file).status_code == 409
    decided(hall, number)
    assert desk.send("/result", form, params=asked, files=file).status_code == 409
    assert desk.send("/result", {}, params=asked, files=file).status_code == 403
    assert Browser(hall).send("/result", form, params=asked, files=file).status_code == 401
    assert window.news()["changes"][-1]["kind"] == "decided"


def test_an_approver_of_a_matter_decides_its_part(window: WindowSeat, desk: Browser) -> None:
    parts = [
        {"item_code": code, "title": code, "authority": "局", "slots": [], "fields": []} for code in "AB"
    ]
    manifest = case_of(window, body={"branches": parts})
    window.delivered(manifest)
    for code in "AB":
        desk.open(manifest.subject, "accepted")
        assert desk.decide(manifest.subject, branch=code, due="").status_code == 303
    changes = window.news()["changes"]
    assert [(c["kind"], c["item_code"]) for c in changes] == [
        ("branch", "A"),
        ("branch", "B"),
        ("accepted", ""),
    ]


def test_a_fault_of_our_own_is_a_page_without_a_trace(
    hall: Hall, desk: Browser, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.gateway.desk.views.view", lambda *_: 1 / 0)
    answer = desk.open(number)
    assert answer.status_code == 500 and "出了故障" in answer.text and "ZeroDivision" not in answer.text


@both_engines
def test_a_nul_in_a_number_or_a_search_is_no_fault(desk: Browser, number: str) -> None:
    assert desk.open(f"{number}\0").status_code == 404
    assert desk.get("/", params={"search": "\0", "after": "AAA"}).status_code == 200
    assert desk.get("/changed", params={"number": "\0", "seen": "\0"}).status_code == 286
    desk.open(number, "correction")
    assert desk.decide(number, **{**DEFECT, "problem-0": "a\0b", "branch": "\0"}).status_code == 303
