"""Requests for tokens that come together: one transaction, and each the answer it would have had alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.contract.models import Token
from sync.contract.signing import b64url_encode
from sync.gateway import tokens as desk
from sync.gateway.tokens import ASSERTION_TYPE, TokenDesk
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem, open_hall

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = open_hall(tmp_path / "office")
    yield hall
    hall.office.close()


def form(window: WindowSeat, **claims: Any) -> dict[str, str]:
    parts = (json.dumps({"alg": "Ed25519"}), json.dumps(window.claims(**claims)))
    signed = ".".join(b64url_encode(part.encode()) for part in parts)
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": f"{signed}.{b64url_encode(window.key.sign(signed.encode()))}",
    }


def ask_at_once(hall: Hall, forms: Sequence[Mapping[str, str]]) -> list[httpx.Response]:
    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(hall.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return list(await asyncio.gather(*(client.post("/v1/token", data=dict(one)) for one in forms)))

    return asyncio.run(all_of_them())


def test_a_crowd_gets_its_tokens_by_few_transactions(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    windows = [hall.window() for _ in range(12)]
    lots: list[int] = []
    issue = TokenDesk.issue_together

    def counted(self: TokenDesk, forms: Sequence[Mapping[str, str]]) -> list[Token | Exception]:
        lots.append(len(forms))
        return issue(self, forms)

    monkeypatch.setattr(TokenDesk, "issue_together", counted)
    hall.app.state.lots = type(hall.app.state.lots)(hall.office.intake, hall.office.tokens)
    answers = ask_at_once(hall, [form(window) for window in windows])
    assert sum(lots) == len(windows) and len(lots) < len(windows) / 2
    for window, answer in zip(windows, answers, strict=True):
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
        assert hall.office.tokens.window(answer.json()["access_token"]).window_id == window.window_id
        hall.office.tokens.forget()
        assert hall.office.tokens.window(answer.json()["access_token"]).window_id == window.window_id


def test_each_request_of_a_lot_hears_of_its_own_fault_only(hall: Hall) -> None:
    window, revoked, other = hall.window(), hall.window(), hall.window()
    twice = form(window)
    spent = form(other)
    hall.office.tokens.issue(spent)
    hall.office.revoke(revoked.window_id)
    forms = [
        twice,
        twice,
        form(revoked),
        spent,
        form(other, aud="another"),
        {**form(other), "client_assertion": "no.assertion"},
        {**form(other), "grant_type": "password"},
        form(other),
    ]
    outcomes = hall.office.tokens.issue_together(forms)
    told = ["" if isinstance(one, Token) else str(getattr(one, "code", "")) for one in outcomes]
    assert told == [
        "",
        "assertion-replayed",
        "window-revoked",
        "assertion-replayed",
        "assertion-invalid",
        "assertion-invalid",
        "grant-invalid",
        "",
    ]


@pytest.mark.parametrize(
    "claims",
    [
        {"jti": "half \ud800"},
        {"jti": "nul \0"},
        {"iss": "\udfff"},
        {"exp": 10**400},
        {"iat": float("nan")},
    ],
)
def test_claims_no_database_can_hold_are_refused(hall: Hall, claims: dict[str, Any]) -> None:
    window = hall.window()
    answers = ask_at_once(hall, [form(window, **claims), form(window)])
    check_problem(answers[0], 401, "assertion-invalid")
    assert answers[1].status_code == 200


def test_one_request_that_breaks_the_desk_keeps_no_other_out(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, sound = hall.window(), hall.window()
    verified = desk._verified

    def broken(assertion: str, windows: Mapping[str, Any]) -> Any:
        window, claims = verified(assertion, windows)
        if window.window_id == poisoned.window_id:
            raise RuntimeError("poison")
        return window, claims

    monkeypatch.setattr(desk, "_verified", broken)
    answers = ask_at_once(hall, [form(poisoned), form(sound), form(poisoned), form(sound)])
    assert [answer.status_code for answer in answers] == [500, 200, 500, 200]
    check_problem(answers[0], 500, "internal")
