"""What the review page shows: only its street's cases, in the order of their clocks, all as text."""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any

import pytest

from sync.contract.models import ChangeDefect, ChangeKind
from sync.gateway.database import Rows
from sync.gateway.desk.listing import ROWS
from sync.gateway.desk.words import visible
from tests.sync.desk.review_desk import OTHER_STREET, Browser, case_of, reviewer
from tests.sync.gateway_hall import Hall, WindowSeat, page

JPEG = b"\xff\xd8\xff\xe0 specimen"
TAGS = re.compile("<[^>]*>")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202etxt.exe{{7*7}}"


def looks(hall: Hall) -> list[tuple[str, str]]:
    with hall.office.database.read() as rows:
        return [
            (row["subject"], row["page"])
            for row in rows.execute("SELECT * FROM desk_look ORDER BY at, look_id")
        ]


def test_a_case_stands_beside_its_pages(hall: Hall, window: WindowSeat, desk: Browser) -> None:
    window.put_page(JPEG)
    manifest = case_of(window, pages=(page(JPEG),))
    window.delivered(manifest)
    assert manifest.subject in desk.get("/").text
    text = desk.open(manifest.subject).text
    for words in (
        "赵样本",
        "居民身份证",
        "已核原件, 已退还",
        "容缺, 2026-11-20 前补",
        "71%",
        "还剩 5 个工作日",
    ):
        assert words in text
    sha256 = manifest.pages[0].sha256
    answer = desk.get("/page", params={"number": manifest.subject, "page": sha256})
    assert (answer.content, answer.headers["content-type"]) == (JPEG, "image/jpeg")
    assert sorted(looks(hall)) == [(manifest.subject, ""), (manifest.subject, sha256)]


def test_another_streets_case_is_as_if_it_were_not_there(hall: Hall, window: WindowSeat) -> None:
    window.put_page(JPEG)
    manifest = case_of(window, pages=(page(JPEG),))
    window.delivered(manifest)
    other = reviewer(hall, "zhou", OTHER_STREET)
    assert manifest.subject not in other.get("/", params={"group": "all"}).text
    assert manifest.subject not in other.get("/", params={"search": manifest.subject}).text.split("<table")[1]
    asked = {"number": manifest.subject, "page": manifest.pages[0].sha256}
    for path in ("/case", "/page"):
        assert other.get(path, params=asked).status_code == 404
    assert 'role="status"' in other.get("/changed", params=asked).text
    other.get("/")
    form = {**other.hidden(), "do": "accepted", "seen": "x"}
    assert other.send("/case", form, params=asked).status_code == 404
    assert looks(hall) == []


def test_a_page_of_another_case_is_not_handed_over(hall: Hall, window: WindowSeat, desk: Browser) -> None:
    window.put_page(JPEG)
    first = case_of(window, pages=(page(JPEG),))
    second = case_of(window, 2, body={"note": first.pages[0].sha256})
    window.delivered(first)
    window.delivered(second)
    asked = {"number": second.subject, "page": first.pages[0].sha256}
    assert desk.get("/page", params=asked).status_code == 404


@pytest.mark.parametrize(
    "name", ["../office.db", "..%2f..%2foffice.db", "gateway.key", "", "a" * 63, "A" * 64]
)
def test_only_a_hash_names_a_page(hall: Hall, window: WindowSeat, desk: Browser, name: str) -> None:
    manifest = case_of(window)
    window.delivered(manifest)
    assert desk.get("/page", params={"number": manifest.subject, "page": name}).status_code == 404
    assert desk.get(f"/static/{name}").status_code in (404, 405)


def test_what_strangers_wrote_is_text(hall: Hall, window: WindowSeat, desk: Browser) -> None:
    fields = {HOSTILE: {"value": HOSTILE, "label": HOSTILE, "origin": HOSTILE, "page_id": HOSTILE}}
    long = {"value": "长" * 10_000, "label": "x", "origin": "OCR"}
    nul = {"value": "a\0b\ud800", "label": "nul", "origin": "TYPED"}
    body: dict[str, Any] = {
        "item": {"title": HOSTILE, "situation": HOSTILE, "code": 7, "promised": {"number": "x"}},
        "applicant": {"name": HOSTILE, "phone": ["no text"]},
        "fields": {**fields, "long": long, "nul": nul, "odd": "no mapping"},
        "slots": {
            HOSTILE: {"title": HOSTILE, "reuse": {"level": HOSTILE, "source_case": HOSTILE}},
            "odd": [],
        },
        "decision": {"due": "no day"},
        "overruled": [{"why": HOSTILE}, 7],
    }
    body["fields"]["nul"]["value"] = "a\0b"
    manifest = case_of(window, subject=f"{window.enrolment.number_prefix}-{HOSTILE[:40]}", body=body)
    window.delivered(manifest)
    for answer in (desk.get("/"), desk.open(manifest.subject), desk.open(manifest.subject, "correction")):
        assert answer.status_code == 200, answer.text
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
        assert (
            "{{7*7}}" in answer.text and "\u202e" not in TAGS.sub("", answer.text) and "\0" not in answer.text
        )
    assert "⟦U+0000⟧" in desk.open(manifest.subject).text and "长" * 10_000 in desk.text


def test_hidden_characters_are_shown_by_their_number() -> None:
    assert visible("a\u202eb\u200bc\0\n\t") == "a⟦U+202E⟧b⟦U+200B⟧c⟦U+0000⟧\n\t"


@pytest.mark.parametrize(
    ("data", "named", "kind"),
    [
        (b"%PDF-1.7 /JavaScript (app.alert(1))", "application/pdf", "application/pdf"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            "image/svg+xml",
            "application/octet-stream",
        ),
        (b"<html><script>alert(1)</script>", "image/jpeg", "application/octet-stream"),
    ],
)
def test_what_is_no_picture_is_only_ever_saved(
    hall: Hall, window: WindowSeat, desk: Browser, data: bytes, named: str, kind: str
) -> None:
    window.put_page(data)
    entry = page(data).model_copy(update={"media_type": named})
    manifest = case_of(window, pages=(entry,))
    window.delivered(manifest)
    answer = desk.get("/page", params={"number": manifest.subject, "page": entry.sha256})
    assert answer.content == data and answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_list_follows_the_clocks_and_what_is_over_comes_last(
    hall: Hall, window: WindowSeat, desk: Browser
) -> None:
    days = {1: "2026-11-20", 2: "2026-11-04", 3: None, 4: "2026-11-10"}
    for number, day in days.items():
        window.delivered(case_of(window, number, body={"decision": {"due": day}}))
    fourth = case_of(window, 4).subject
    hall.office.decide(fourth, ChangeKind.REFUSED, actor="x", reason="y")
    text = desk.get("/", params={"group": "all"}).text
    places = [text.index(f"-{number:04d}</bdi>") for number in (2, 1, 3, 4)]
    assert places == sorted(places)
    assert fourth not in desk.get("/").text


def test_a_correction_and_an_acceptance_bring_their_own_day(
    hall: Hall, window: WindowSeat, desk: Browser
) -> None:
    from datetime import date

    first, second = case_of(window), case_of(window, 2)
    for manifest in (first, second):
        window.delivered(manifest)
    defect = ChangeDefect(material_id="x", material="x", problem="p", needed="n")
    hall.office.decide(
        first.subject, ChangeKind.CORRECTION, actor="x", defects=[defect], due=date(2026, 12, 1)
    )
    hall.office.decide(second.subject, ChangeKind.ACCEPTED, actor="x", due=date(2026, 11, 30))
    hall.office.decide(second.subject, ChangeKind.IN_REVIEW, actor="x")
    assert [matter.due_on for matter in hall.office.cases()] == [date(2026, 12, 1), date(2026, 11, 30)]
    third = window.next_version(first, body={**first.body, "decision": {"due": "2026-12-08"}})
    window.delivered(third)
    assert hall.office.cases()[0].due_on == date(2026, 12, 8)


def test_ten_thousand_cases_are_read_page_by_page(hall: Hall, window: WindowSeat, desk: Browser) -> None:
    manifest = case_of(window)
    window.delivered(manifest)

    def fill(rows: Rows) -> None:
        rows.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
            " INSERT INTO matter (subject, kind, window_id, home_street, bundle_id, version, state, item,"
            " received_at, due_on, due_order) SELECT 'S' || i, kind, window_id, home_street, bundle_id,"
            " version, state, item, received_at, '', '1 2026-12-' || (i % 30) FROM matter, n"
            " WHERE subject = ?",
            (manifest.subject,),
        )

    hall.office.database.write(fill)
    began = time.process_time()
    seen: list[str] = []
    answer = desk.get("/")
    for _ in range(4):
        assert answer.text.count("data-row") == ROWS
        seen += [line.split("</bdi>")[0] for line in answer.text.split('<td class="number"><bdi>')[1:]]
        following = answer.text.split("after=")[-1].split('"')[0]
        answer = desk.get("/", params={"after": following})
    assert len(set(seen)) == 4 * ROWS and time.process_time() - began < 100
    assert ">10001<" in answer.text
    plan = "EXPLAIN QUERY PLAN SELECT * FROM matter WHERE kind = 'case' AND home_street IN ('huafu')"
    with hall.office.database.read() as rows:
        steps = [str(row[3]) for row in rows.execute(f"{plan} ORDER BY due_order, subject LIMIT 51")]
    assert any("matter_due" in step for step in steps) and not any("TEMP B-TREE" in step for step in steps)


def test_a_number_is_found_in_every_tab_and_wildcards_are_letters(
    hall: Hall, window: WindowSeat, desk: Browser
) -> None:
    window.delivered(case_of(window))
    hall.office.decide(case_of(window).subject, ChangeKind.REFUSED, actor="x", reason="y")
    assert "data-row" in desk.get("/", params={"search": "20261102-0001"}).text
    for nothing in ("%", "_", "!", "9999", "\0'; DROP TABLE matter"):
        assert "data-row" not in desk.get("/", params={"search": nothing}).text
    for odd in ("x", "!!!", "AAAA", "é"):
        assert desk.get("/", params={"after": odd, "group": odd}).status_code == 200


def test_the_second_version_marks_what_is_new(hall: Hall, window: WindowSeat, desk: Browser) -> None:
    window.put_page(JPEG)
    window.put_page(JPEG + b"2")
    first = case_of(window, pages=(page(JPEG),))
    second = window.next_version(first, body=first.body, pages=(page(JPEG), page(JPEG + b"2")))
    window.delivered(first)
    window.delivered(second)
    text = desk.open(first.subject).text
    assert text.count('class="new"') == 2 and "第 2 版" in text
    assert (
        desk.get(
            "/page", params={"number": first.subject, "page": hashlib.sha256(JPEG).hexdigest()}
        ).status_code
        == 200
    )


def test_practice_is_said_on_every_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    from tests.sync.gateway_hall import open_hall

    hall = open_hall(tmp_path_factory.mktemp("practice") / "office", practice=True)
    try:
        seat = hall.window(practice=True)
        manifest = case_of(seat, practice=True)
        seat.delivered(manifest)
        browser = reviewer(hall)
        for answer in (browser.get("/"), browser.open(manifest.subject), browser.get("/login")):
            assert "练习 · 不是真实办件" in answer.text
    finally:
        hall.office.close()
