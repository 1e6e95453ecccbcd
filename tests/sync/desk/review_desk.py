"""A gateway with one street's approver, who speaks to its pages as a browser does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from sync.contract.models import Manifest
from sync.gateway.desk.accounts import Accounts, Role
from tests.sync.gateway_hall import STREET, STREET_NAME, Hall, WindowSeat, open_hall

PASSWORD = "correct horse battery"
OTHER_STREET = "xiangmihu"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass
class Browser:
    """One browser: cookies, and the forms of the page it was shown last."""

    hall: Hall
    cookies: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def get(self, path: str, **arguments: Any) -> httpx.Response:
        return self._call("GET", path, **arguments)

    def send(self, path: str, form: dict[str, str], **arguments: Any) -> httpx.Response:
        return self._call("POST", path, data=form, **arguments)

    def log_in(self, name: str = "li", password: str = PASSWORD, **draft: str) -> httpx.Response:
        if not draft:
            self.get("/login")
        return self.send("/login", {**self.hidden(), **draft, "name": name, "password": password})

    def open(self, number: str, act: str = "", done: str = "") -> httpx.Response:
        asked = {"number": number, **({"do": act} if act else {}), **({"done": done} if done else {})}
        return self.get("/case", params=asked)

    def decide(self, number: str, **typed: str) -> httpx.Response:
        """Send the form of the page shown last."""
        return self.send("/case", {**self.hidden(), **typed}, params={"number": number})

    def hidden(self) -> dict[str, str]:
        return {unescape(name): unescape(value) for name, value in HIDDEN.findall(self.text)}

    def _call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, **arguments.pop("headers", {})}
        answer = self.hall.call(method, f"/desk{path}", headers=headers, **arguments)
        for cookie in answer.headers.get_list("set-cookie"):
            name, _equals, value = cookie.partition(";")[0].partition("=")
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        self.text = answer.text
        return answer


def open_desk(folder: Path) -> Hall:
    """Open an office of two streets."""
    return open_hall(folder / "office", streets={STREET: STREET_NAME, OTHER_STREET: "香蜜湖街道"})


def reviewer(hall: Hall, name: str = "li", street: str = STREET, role: Role = Role.APPROVER) -> Browser:
    """Make an account and log it in."""
    accounts = Accounts(hall.office.database, hall.clock)
    code = accounts.add(name, [street], title=f"{STREET_NAME} {name}", role=role)
    assert accounts.set_password(name, code, PASSWORD) is not None
    browser = Browser(hall)
    assert browser.log_in(name).status_code == 303
    return browser


def case_of(window: WindowSeat, number: int = 1, **changes: Any) -> Manifest:
    """Return a case as a window seals it, of an invented person."""
    body = {
        "item": {"code": "440304-001", "title": "敬老优待证", "promised": {"number": 5, "unit": "WORKDAY"}},
        "state": "RECEIVED",
        "decision": {"move": "RECEIVE", "due": "2026-11-09"},
        "applicant": {"name": "赵样本", "id_number": "440304195001019971"},
        "fields": {
            "name": {
                "value": "赵样本",
                "label": "姓名",
                "origin": "OCR",
                "confidence_percent": 71,
                "page_id": "none",
                "box": [10, 20, 200, 40],
                "confirmed_by": None,
            }
        },
        "slots": {
            "id-card": {"title": "居民身份证", "custody": "RETURNED"},
            "photo": {"title": "数码照相回执", "custody": "NOT_SEEN", "deferred_until": "2026-11-20"},
        },
    }
    subject = f"{window.enrolment.number_prefix}-20261102-{number:04d}"
    body |= changes.pop("body", {})
    return window.manifest(**{"subject": subject, "body": body, **changes})
