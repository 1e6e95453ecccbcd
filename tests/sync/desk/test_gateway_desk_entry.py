"""Who may enter the review page, and what ends a log-in."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from sync.gateway.desk import passwords
from sync.gateway.desk.accounts import LOCKED_S, MOST_FAILURES, Accounts
from sync.gateway.desk.sessions import IDLE_S, LONGEST_S
from sync.gateway.errors import BadReviewerName, ReviewerExists, UnknownReviewer, UnknownStreet
from tests.sync.desk.review_desk import PASSWORD, Browser, case_of, reviewer
from tests.sync.gateway_hall import STREET, Hall, WindowSeat
from workstation.cli import main


def is_in(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def test_a_code_sets_the_password_once(hall: Hall) -> None:
    code = Accounts(hall.office.database, hall.clock).add("wang", [STREET])
    browser = Browser(hall)
    browser.get("/setup")
    form = {"name": "wang", "code": code.lower(), "password": PASSWORD, "again": PASSWORD}
    assert browser.send("/setup", {**browser.hidden(), **form}).status_code == 303
    assert is_in(browser)
    again = Browser(hall)
    again.get("/setup")
    assert again.send("/setup", {**again.hidden(), **form}).status_code == 401


def test_a_code_ends_after_three_days_and_a_short_password_is_refused(hall: Hall) -> None:
    accounts = Accounts(hall.office.database, hall.clock)
    code = accounts.add("wang", [STREET])
    assert accounts.set_password("wang", code, "short") is None
    hall.clock.forward(hours=73)
    assert accounts.set_password("wang", code, PASSWORD) is None


def test_nobody_sees_anything_without_logging_in(hall: Hall, window: WindowSeat) -> None:
    manifest = case_of(window)
    window.delivered(manifest)
    stranger = Browser(hall)
    assert stranger.get("/").headers["location"] == "/desk/login"
    assert stranger.open(manifest.subject).headers["location"] == "/desk/login"
    assert stranger.get("/page", params={"number": manifest.subject, "page": "a" * 64}).status_code == 403


def test_five_wrong_passwords_lock_the_account_for_a_while(hall: Hall, desk: Browser) -> None:
    other = Browser(hall)
    for _ in range(MOST_FAILURES):
        assert other.log_in(password="wrong password").status_code == 401
    assert other.log_in().status_code == 401
    assert is_in(desk)
    hall.clock.forward(seconds=LOCKED_S + 1)
    assert other.log_in().status_code == 303


def test_an_unknown_name_is_answered_like_a_wrong_password(hall: Hall, desk: Browser) -> None:
    other = Browser(hall)
    texts = {name: other.log_in(name, "wrong password").text for name in ("li", "nobody")}
    tokens = [text.split('role="alert"')[1].split("<input")[0] for text in texts.values()]
    assert tokens[0] == tokens[1]


def test_a_log_in_ends_when_nobody_is_there_and_after_a_day_at_the_latest(hall: Hall, desk: Browser) -> None:
    hall.clock.forward(seconds=IDLE_S - 60)
    assert is_in(desk)
    hall.clock.forward(seconds=IDLE_S + 60)
    assert not is_in(desk)
    desk.log_in()
    for _ in range(int(LONGEST_S / IDLE_S) + 1):
        hall.clock.forward(seconds=IDLE_S - 60)
        desk.get("/")
    hall.clock.forward(seconds=IDLE_S - 60)
    assert not is_in(desk)


def test_a_page_that_refreshes_itself_keeps_nobody_logged_in(hall: Hall, desk: Browser) -> None:
    for _ in range(3):
        hall.clock.forward(seconds=IDLE_S / 2)
        desk.get("/", headers={"HX-Request": "true"})
    answer = desk.get("/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/desk/login"


def test_logging_out_ends_the_log_in_everywhere(hall: Hall, desk: Browser) -> None:
    cookie = dict(desk.cookies)
    desk.get("/")
    assert desk.send("/logout", {}).status_code == 303
    assert is_in(Browser(hall, cookie))
    Browser(hall, cookie).get("/")
    thief = Browser(hall, cookie)
    thief.get("/")
    thief.send("/logout", thief.hidden())
    assert not is_in(Browser(hall, cookie))


def test_disabling_and_a_new_code_end_every_log_in(hall: Hall, desk: Browser) -> None:
    accounts = Accounts(hall.office.database, hall.clock)
    code = accounts.new_code("li")
    assert not is_in(desk) and desk.log_in().status_code == 401
    assert accounts.set_password("li", code, PASSWORD) is not None
    assert desk.log_in().status_code == 303 and is_in(desk)
    accounts.disable("li")
    assert not is_in(desk) and desk.log_in().status_code == 401


def test_names_and_streets_of_accounts_are_checked(hall: Hall, desk: Browser) -> None:
    accounts = Accounts(hall.office.database, hall.clock)
    for name in ("", "x", "a b", "a\0b", "<b>"):
        with pytest.raises(BadReviewerName):
            accounts.add(name, [STREET])
    with pytest.raises(BadReviewerName):
        accounts.add("wang", [])
    with pytest.raises(UnknownStreet):
        accounts.add("wang", ["nowhere"])
    with pytest.raises(ReviewerExists):
        accounts.add("li", [STREET])
    with pytest.raises(UnknownReviewer):
        accounts.disable("nobody")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(hall: Hall, desk: Browser) -> None:
    other = Browser(hall)
    other.get("/login")
    form = {**other.hidden(), "name": "li", "password": PASSWORD}
    answer = other.send("/login", form, headers={"X-Forwarded-Proto": "https"})
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith("desk=")]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Secure", "Path=/desk"))


def test_a_log_in_form_of_another_site_is_refused(hall: Hall, desk: Browser) -> None:
    other = Browser(hall)
    assert other.send("/login", {"name": "li", "password": PASSWORD}).status_code == 403
    other.get("/login")
    form = {**other.hidden(), "name": "li", "password": PASSWORD}
    assert other.send("/login", form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_every_answer_forbids_scripts_framing_and_keeping(hall: Hall, desk: Browser) -> None:
    for path in ("/", "/login", "/setup", "/case", "/nowhere", "/page"):
        headers = desk.get(path).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"], path
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_the_page_is_chinese_first_and_changes_on_request(hall: Hall, desk: Browser) -> None:
    assert 'lang="zh-CN"' in desk.get("/").text
    assert 'lang="en"' in desk.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"}).text
    answer = desk.get("/language", params={"to": "en", "back": "/case?number=W001"})
    assert answer.headers["location"] == "/desk/case?number=W001"
    assert 'lang="en"' in desk.get("/").text
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "/case?number=\n"):
        assert desk.get("/language", params={"to": "en", "back": back}).headers["location"] == "/desk/"


def test_a_password_is_the_same_on_full_and_half_width_keys() -> None:
    kept = passwords.hashed("ABCdef12345", b"0" * 16)
    assert passwords.fits("ＡＢＣdef12345", kept) and not passwords.fits("abcdef12345", kept)
    assert not passwords.fits("", "") and not passwords.is_fit("aaaaaaaaaaaaaa")


def test_the_pages_are_no_part_of_the_windows_contract(hall: Hall, desk: Browser) -> None:
    paths = hall.call("GET", "/v1/openapi.json").json()["paths"]
    assert not [path for path in paths if "desk" in path]


def test_a_viewer_looks_and_decides_nothing(hall: Hall, window: WindowSeat) -> None:
    from sync.gateway.desk.accounts import Role

    manifest = case_of(window)
    window.delivered(manifest)
    viewer = reviewer(hall, "kan", role=Role.VIEWER)
    assert "data-key" not in viewer.open(manifest.subject, "accepted").text
    form = {"csrf": viewer.hidden()["csrf"], "do": "accepted"}
    assert viewer.send("/case", form, params={"number": manifest.subject}).status_code == 403
    assert hall.office.cases()[0].state == "RECEIVED"


def test_many_log_ins_at_once_do_not_take_the_windows_threads(
    hall: Hall, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_room", threading.BoundedSemaphore(1))
    with passwords._turn():
        assert Browser(hall).log_in().status_code == 503
    assert Browser(hall).log_in().status_code == 303


def test_the_command_makes_lists_and_ends_accounts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def reviewer_command(*arguments: str) -> tuple[int, str]:
        code = main(["gateway", "reviewer", *arguments, "--folder", str(tmp_path / "office")])
        return code, capsys.readouterr().out

    assert reviewer_command("list") == (0, "还没有审核账号\n")
    code, printed = reviewer_command("add", "wang", "--street", "huafu", "--title", "华富街道 王样本")
    assert code == 0 and re.match(r"[2-9A-HJKMNP-Z]{4}(-[2-9A-HJKMNP-Z]{4}){2}\n", printed)
    assert "wang  华富街道 王样本  审核  待设置口令  huafu" in reviewer_command("list")[1]
    assert reviewer_command("add", "wang", "--street", "huafu")[0] == 1
    assert reviewer_command("code", "wang")[0] == 0
    assert reviewer_command("disable", "wang")[0] == 0
    assert "已停用" in reviewer_command("list")[1]
    assert reviewer_command("disable", "nobody")[0] == 1
    assert reviewer_command("looks", "W001-1") == (0, "没有人看过 W001-1\n")
