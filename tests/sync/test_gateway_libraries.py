"""The libraries behind the gateway: over the wire, for specimens only, and nobody in production."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.contract.libraries import (
    CertificateQuery,
    CertificateState,
    CheckOutcome,
    CheckQuery,
    CheckService,
    CreditQuery,
    CreditStanding,
    Scene,
    Subject,
)
from sync.contract.models import ChangeKind
from sync.gateway.libraries import SpecimenLibraries, Unconnected
from tests.sync.gateway_hall import Clock, Hall, open_office
from workstation.training import wallet
from workstation.training.specimens.people import CAST, by_name

SCENE = Scene(case_number="W03-1", item_code="440714003000", clerk="王样本", ground="同意")
ZHAO = by_name("赵样本")


def about(number: str, name: str = "赵样本") -> Subject:
    return Subject(name=name, number=number)


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    office = open_office(tmp_path / "office")
    return Hall(office, Clock(office.clock()))


def test_a_production_office_without_libraries_says_so(hall: Hall) -> None:
    assert isinstance(hall.office.libraries, Unconnected)
    query = CheckQuery(scene=SCENE, subject=about(ZHAO.id_number))
    answer = hall.window().call("POST", "/v1/checks/population", json=query.model_dump(mode="json"))
    assert answer.json()["outcome"] == "unavailable"


def test_every_service_answers_and_one_that_is_none_does_not(hall: Hall) -> None:
    window = hall.window()
    body = CheckQuery(scene=SCENE, subject=about(ZHAO.id_number)).model_dump(mode="json")
    assert {window.call("POST", f"/v1/checks/{s.value}", json=body).status_code for s in CheckService} == {
        200
    }
    assert window.call("POST", "/v1/checks/horoscope", json=body).status_code == 422


def test_a_question_without_a_scene_is_refused(hall: Hall) -> None:
    body = {"subject": {"name": "赵样本", "number": ZHAO.id_number}}
    assert hall.window().call("POST", "/v1/credit", json=body).status_code == 422
    empty = {**body, "scene": {"case_number": "", "item_code": "x", "clerk": "", "ground": "x"}}
    assert hall.window().call("POST", "/v1/credit", json=empty).status_code == 422


def test_nobody_asks_without_a_token(hall: Hall) -> None:
    body = CreditQuery(scene=SCENE, subject=about(ZHAO.id_number)).model_dump(mode="json")
    assert hall.call("POST", "/v1/credit", json=body).status_code == 401


def test_specimens_get_the_same_answer_always_and_real_people_none(hall: Hall) -> None:
    libraries = SpecimenLibraries(hall.office.clock)
    outcomes = {
        person.name: libraries.check(
            CheckService.POPULATION, CheckQuery(scene=SCENE, subject=about(person.id_number, person.name))
        ).outcome
        for person in CAST
    }
    assert set(outcomes.values()) == {CheckOutcome.MATCH, CheckOutcome.MISMATCH, CheckOutcome.UNKNOWN}
    stranger = about("440304196403080011")
    check = libraries.check(CheckService.MARRIAGE, CheckQuery(scene=SCENE, subject=stranger))
    assert check.outcome is CheckOutcome.UNKNOWN
    credit = libraries.credit(CreditQuery(scene=SCENE, subject=stranger))
    assert credit.standing is CreditStanding.UNKNOWN


@pytest.mark.parametrize("identifier", ["", "1.2", "......", "1.2.156.3005.2.A.B.C.D.E", "样" * 150])
def test_an_identifier_of_any_shape_is_answered(hall: Hall, identifier: str) -> None:
    query = CertificateQuery(scene=SCENE, subject=about(ZHAO.id_number), identifier=identifier or "x")
    assert SpecimenLibraries(hall.office.clock).certificate(query).state is CertificateState.UNKNOWN


def test_a_certificate_is_only_its_holders(hall: Hall) -> None:
    libraries = SpecimenLibraries(hall.office.clock)
    identifier = wallet.identifier_of(ZHAO.id_number, "结婚证电子证照")
    for subject, state in (
        (about(ZHAO.id_number), CertificateState.VALID),
        (about(CAST[1].id_number), CertificateState.OTHER_HOLDER),
    ):
        query = CertificateQuery(scene=SCENE, subject=subject, identifier=identifier)
        assert libraries.certificate(query).state is state


def test_a_revocation_reaches_every_window_once_and_those_that_come_later(hall: Hall) -> None:
    first = hall.window()
    hall.office.revoke_certificate("样本00000001")
    hall.office.revoke_certificate("样本00000001")
    later = hall.window()
    for window in (first, later):
        changes = hall.office.feed.since(window.window_id, 0).changes
        told = [change.subject for change in changes if change.kind is ChangeKind.CERTIFICATE_REVOKED]
        assert told == ["样本00000001"]
