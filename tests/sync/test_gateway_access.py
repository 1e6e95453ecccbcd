"""Enrolment, tokens, and what the gateway says to those who have neither."""

from __future__ import annotations

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.contract.models import Enrolment
from sync.contract.signing import load_public, new_key, public_text
from sync.gateway.errors import DatabaseUnusable, FolderUnusable, UnknownStreet, UnknownWindow, WrongMode
from sync.gateway.keys import gateway_key
from sync.gateway.office import Office
from tests.sync.gateway_hall import (
    START,
    STREET,
    STREET_NAME,
    Clock,
    Hall,
    check_problem,
    open_hall,
    open_office,
)

pytestmark = pytest.mark.usefixtures("engine")


def test_health_names_the_gateway_the_contract_and_the_time(hall: Hall) -> None:
    answer = hall.call("GET", "/v1/health")
    assert answer.json() == {
        "gateway_id": hall.office.gateway_id,
        "contract": 1,
        "time": "2026-11-02T09:00:00Z",
    }


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = open_office(tmp_path / "office")
    first.close()
    again = open_office(tmp_path / "office")
    again.close()
    assert (tmp_path / "office/gateway.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "office").stat().st_mode & 0o777 == 0o700
    assert again.gateway_id == first.gateway_id and again.public_key == first.public_key


def test_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def start(_: int) -> str:
        together.wait()
        return public_text(gateway_key(tmp_path))

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(start, range(8)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["gateway.key"]


def test_a_lost_or_damaged_key_is_never_replaced_in_silence(tmp_path: Path) -> None:
    open_office(tmp_path).close()
    (tmp_path / "gateway.key").unlink()
    with pytest.raises(FolderUnusable):
        open_office(tmp_path)
    (tmp_path / "gateway.key").write_bytes(b"short")
    with pytest.raises(FolderUnusable):
        open_office(tmp_path)


def test_a_folder_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable):
        open_office(tmp_path / "file")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/office.db").write_bytes(b"not a database, " * 100)
    with pytest.raises(FolderUnusable):
        Office.open(tmp_path / "other")
    with pytest.raises(FolderUnusable):
        open_office(tmp_path / "nowhere", create=False)
    assert not (tmp_path / "nowhere").exists()


def test_rows_of_a_newer_program_are_not_touched(tmp_path: Path, engine: str) -> None:
    newer = {
        "sqlite": "PRAGMA user_version = 99",
        "postgresql": "UPDATE meta SET value = '99' WHERE name = 'schema'",
    }
    office = open_office(tmp_path)
    office.database.write(lambda rows: rows.execute(newer[engine]))
    office.close()
    with pytest.raises((FolderUnusable, DatabaseUnusable)):
        open_office(tmp_path)


def test_a_folder_keeps_its_mode(tmp_path: Path) -> None:
    open_office(tmp_path, practice=True).close()
    office = open_office(tmp_path)
    assert office.practice
    office.close()
    with pytest.raises(WrongMode):
        open_office(tmp_path, practice=False)


def test_enrolment_gives_each_window_its_own_prefix_and_the_gateways_key(hall: Hall) -> None:
    first, second = hall.window(), hall.window()
    assert first.enrolment.number_prefix != second.enrolment.number_prefix
    assert first.window_id != second.window_id
    assert first.enrolment.street_name == STREET_NAME
    assert first.enrolment.server_time == START
    load_public(first.enrolment.gateway_key)


def test_a_code_is_read_as_typed_by_hand(hall: Hall) -> None:
    request = hall.enrolment(new_key())
    request["code"] = request["code"].lower().replace("-", " ")
    assert hall.call("POST", "/v1/enrolments", json=request).status_code == 201


def test_a_code_works_once_for_one_key(hall: Hall) -> None:
    request = hall.enrolment(new_key())
    assert hall.call("POST", "/v1/enrolments", json=request).status_code == 201
    request["public_key"] = public_text(new_key())
    check_problem(hall.call("POST", "/v1/enrolments", json=request), 403, "code-used")


def test_a_lost_enrolment_answer_is_given_again_to_the_same_key(hall: Hall) -> None:
    request = hall.enrolment(new_key())
    first = Enrolment.model_validate_json(hall.call("POST", "/v1/enrolments", json=request).content)
    hall.clock.forward(days=2)
    again = Enrolment.model_validate_json(hall.call("POST", "/v1/enrolments", json=request).content)
    assert (again.window_id, again.number_prefix) == (first.window_id, first.number_prefix)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"code": "AAAA-AAAA-AAAA"}, 403, "code-invalid"),
        ({"code": "汉字"}, 403, "code-invalid"),
        ({"code": "\ud800"}, 422, "validation-failed"),
        ({"street": "meilin"}, 403, "code-street"),
        ({"practice": True}, 403, "practice-refused"),
        ({"public_key": "AAAA"}, 422, "public-key-invalid"),
        ({"public_key": "x" * 300}, 422, "validation-failed"),
        ({"surplus": 1}, 422, "validation-failed"),
    ],
)
def test_a_wrong_enrolment_is_refused(hall: Hall, change: dict[str, Any], status: int, code: str) -> None:
    request = {**hall.enrolment(new_key()), **change}
    body = json.dumps(request).encode()
    answer = hall.call("POST", "/v1/enrolments", content=body, headers={"Content-Type": "application/json"})
    check_problem(answer, status, code)


def test_an_old_code_is_refused(hall: Hall) -> None:
    request = hall.enrolment(new_key())
    hall.clock.forward(hours=24, seconds=1)
    check_problem(hall.call("POST", "/v1/enrolments", json=request), 403, "code-expired")


def test_a_practice_office_enrols_practice_windows_only(tmp_path: Path) -> None:
    hall = open_hall(tmp_path, practice=True)
    request = hall.enrolment(new_key())
    check_problem(hall.call("POST", "/v1/enrolments", json=request), 403, "production-refused")
    assert hall.window(practice=True).enrolment.number_prefix.startswith("P")
    hall.office.close()


def test_codes_are_given_for_served_streets_only_once_there_is_a_list(tmp_path: Path) -> None:
    office = open_office(tmp_path, streets={"huafu": "华富", "meilin": "梅林"}, clock=Clock())
    assert len(office.new_code("huafu", life=timedelta(hours=1))) == 14
    with pytest.raises(UnknownStreet):
        office.new_code("futian")
    office.close()


def test_no_secret_is_stored_in_clear(hall: Hall, tmp_path: Path) -> None:
    code = hall.office.new_code(STREET)
    token = hall.window().headers()["Authorization"].removeprefix("Bearer ")
    hall.office.close()
    stored = b"".join(path.read_bytes() for path in (tmp_path / "office").glob("office.db*"))
    assert code.encode() not in stored and code.replace("-", "").encode() not in stored
    assert token.encode() not in stored


# --- tokens ------------------------------------------------------------------------------------------------


def test_a_token_opens_the_calls_until_it_expires(hall: Hall) -> None:
    window = hall.window()
    answer = window.ask_token(window.assertion(), client_id=window.window_id)
    assert answer.json()["token_type"] == "Bearer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert window.call("GET", "/v1/changes").status_code == 200
    hall.clock.forward(seconds=901)
    answer = window.call("GET", "/v1/changes")
    check_problem(answer, 401, "token-invalid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_assertion_works_once(hall: Hall) -> None:
    window = hall.window()
    signed = window.assertion()
    assert window.ask_token(signed).status_code == 200
    answer = window.ask_token(signed)
    assert check_problem(answer, 401, "assertion-replayed")["error"] == "invalid_client"


def test_a_replay_is_refused_for_as_long_as_the_assertion_lives(hall: Hall) -> None:
    window = hall.window()
    signed = window.assertion()
    window.ask_token(signed)
    hall.clock.forward(seconds=179)
    window.ask_token(window.assertion())
    check_problem(window.ask_token(signed), 401, "assertion-replayed")
    hall.clock.forward(seconds=2)
    check_problem(window.ask_token(signed), 401, "assertion-expired")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sub": "somebody"}, "assertion-invalid"),
        ({"iss": "01a1ff8a-5b1f-7557-b0aa-07d2a4df5e61"}, "assertion-invalid"),
        ({"iss": 7}, "assertion-invalid"),
        ({"aud": "gw-another"}, "assertion-invalid"),
        ({"aud": None}, "assertion-invalid"),
        ({"jti": None}, "assertion-invalid"),
        ({"jti": "x" * 201}, "assertion-invalid"),
        ({"iat": None}, "assertion-invalid"),
        ({"exp": True}, "assertion-invalid"),
        ({"exp": int(START.timestamp()) + 601}, "assertion-invalid"),
        ({"exp": int(START.timestamp()) - 61}, "assertion-expired"),
        ({"iat": int(START.timestamp()) + 61, "exp": int(START.timestamp()) + 120}, "assertion-from-future"),
    ],
)
def test_a_wrong_claim_is_refused(hall: Hall, changes: dict[str, Any], code: str) -> None:
    window = hall.window()
    check_problem(window.ask_token(window.assertion(**changes)), 401, code)


def test_small_clock_differences_and_a_list_of_audiences_are_allowed(hall: Hall) -> None:
    window = hall.window()
    now = int(START.timestamp())
    assert window.ask_token(window.assertion(iat=now + 59)).status_code == 200
    assert window.ask_token(window.assertion(iat=now - 100, exp=now - 59)).status_code == 200
    assert window.ask_token(window.assertion(aud=["x", hall.office.gateway_id])).status_code == 200


@pytest.mark.parametrize("signed", ["", "a", "a.b.c", "..", "a.bnVsbA.c", "a.W10.c", "a.e30.c"])
def test_a_malformed_assertion_is_refused(hall: Hall, signed: str) -> None:
    check_problem(hall.window().ask_token(signed), 401, "assertion-invalid")


def test_an_assertion_of_another_key_or_without_signature_is_refused(hall: Hall) -> None:
    window = hall.window()
    check_problem(window.ask_token(window.assertion(new_key())), 401, "assertion-invalid")
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    payload = window.assertion().split(".")[1]
    check_problem(window.ask_token(f"{header}.{payload}."), 401, "assertion-invalid")


def test_a_client_id_that_differs_from_the_assertion_is_refused(hall: Hall) -> None:
    window = hall.window()
    check_problem(window.ask_token(window.assertion(), client_id="other"), 401, "assertion-invalid")


@pytest.mark.parametrize("form", [{"grant_type": "password"}, {"client_assertion_type": "saml"}])
def test_another_grant_is_refused(hall: Hall, form: dict[str, str]) -> None:
    window = hall.window()
    answer = window.ask_token(window.assertion(), **form)
    assert check_problem(answer, 400, "grant-invalid")["error"] == "unsupported_grant_type"


def test_a_revoked_window_loses_its_token_and_gets_no_other(hall: Hall) -> None:
    window = hall.window()
    window.headers()
    hall.office.revoke(window.window_id)
    check_problem(window.call("GET", "/v1/changes"), 401, "token-invalid")
    check_problem(window.ask_token(window.assertion()), 403, "window-revoked")
    with pytest.raises(UnknownWindow):
        hall.office.revoke("nobody")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/blobs/missing"),
        ("PUT", f"/v1/blobs/{'a' * 64}"),
        ("PUT", "/v1/bundles/x"),
        ("GET", "/v1/changes"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}])
def test_no_call_works_without_a_token(hall: Hall, method: str, path: str, headers: dict[str, str]) -> None:
    check_problem(hall.call(method, path, headers=headers), 401, "token-invalid")


# --- the form of answers -----------------------------------------------------------------------------------


def test_unknown_paths_and_methods_are_problems_too(hall: Hall) -> None:
    check_problem(hall.call("GET", "/v1/nothing"), 404, "not-found")
    answer = hall.call("DELETE", "/v1/health")
    check_problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET"


def test_a_validation_problem_says_where_and_never_what(hall: Hall) -> None:
    secret = "440304199001019970"
    answer = hall.call("POST", "/v1/enrolments", json={"code": [secret], "name": secret})
    detail = check_problem(answer, 422, "validation-failed")["detail"]
    assert "body.code: string_type" in detail
    assert secret not in answer.text


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"", b'{"a": 1', b"[" * 100_000])
def test_malformed_json_is_refused(hall: Hall, body: bytes) -> None:
    answer = hall.call("POST", "/v1/enrolments", content=body, headers={"Content-Type": "application/json"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code in (400, 413, 422)
    assert answer.json()["code"] in ("bad-request", "json-invalid", "validation-failed", "too-large")


def test_openapi_shows_every_model_of_the_contract(hall: Hall) -> None:
    document = hall.call("GET", "/v1/openapi.json").json()
    assert {
        "Changes",
        "Change",
        "Enrolment",
        "EnrolmentRequest",
        "Health",
        "Manifest",
        "MissingAnswer",
        "MissingRequest",
        "PageEntry",
        "Problem",
        "Receipt",
        "SignedManifest",
        "SignedReceipt",
        "Token",
    } <= set(document["components"]["schemas"])
    bundle = document["paths"]["/v1/bundles/{bundle_id}"]["put"]["responses"]
    assert {"200", "201", "409", "422", "424"} <= set(bundle)
    assert "application/problem+json" in bundle["424"]["content"]
    assert hall.call("GET", "/docs").status_code == 404


def test_a_fault_of_our_own_shows_no_trace_and_no_words(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    window = hall.window()
    window.headers()

    def broken(*_: object) -> None:
        raise RuntimeError("赵样本 440304199001019970")

    monkeypatch.setattr(hall.office.feed, "told", broken)
    answer = window.call("GET", "/v1/changes")
    check_problem(answer, 500, "internal")
    assert "样本" not in answer.text and "Traceback" not in answer.text
    assert "RuntimeError" in caplog.text and "样本" not in caplog.text
