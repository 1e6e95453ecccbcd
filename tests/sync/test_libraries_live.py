"""A window asks the libraries behind a real gateway, over a real socket, and goes on when it is cut."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.contract.libraries import CertificateQuery, CertificateState, CheckOutcome, CheckQuery, CheckService
from sync.errors import SyncError
from sync.gateway.office import Office
from sync.gateway.serve import GatewayServer
from tests.services.conftest import applicant_of
from workstation.domain.case import Case, CreditOutcome
from workstation.services.enrolment import join
from workstation.services.libraries import GatewayLibraries, LibraryCredit, scene_of, subject_of
from workstation.store.database import Store
from workstation.store.keys import DataKey
from workstation.training import wallet
from workstation.training.specimens.people import by_name

ZHAO = by_name("赵样本")
NOW = datetime.now(UTC)
CASE = Case(
    case_id="c",
    number="W03-1",
    item_code="440714003000",
    pack_version="2026.11",
    window="w",
    receiving_street="HF",
    opened_at=NOW,
    opened_by="王样本",
    changed_at=NOW,
    applicant=applicant_of(ZHAO),
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.open(tmp_path / "office", streets={"HF": "华富街道"}, practice=True)


def test_certificate_check_and_credit_travel_and_a_cut_line_is_said(tmp_path: Path, office: Office) -> None:
    server, store = GatewayServer(office), Store.create(tmp_path / "data", DataKey.new())
    url = server.start()
    member = join(store, url, code=office.new_code("HF"), window_name="03", street="HF", practice=True)
    libraries = GatewayLibraries(member, lambda: datetime.now(UTC))
    scene = scene_of(CASE, clerk="王样本", ground="申请人当面同意", slot="household-register")
    subject = subject_of(ZHAO.name, ZHAO.id_number)
    identifier = wallet.identifier_of(ZHAO.id_number, "户口簿电子证照")
    question = CheckQuery(scene=scene, subject=subject, fields={"address": ZHAO.address})
    try:
        answer = libraries.certificate(CertificateQuery(scene=scene, subject=subject, identifier=identifier))
        assert (answer.state, answer.title) == (CertificateState.VALID, "户口簿电子证照")
        assert libraries.check(CheckService.POPULATION, question).outcome is CheckOutcome.MATCH
        credit = LibraryCredit(libraries, "王样本")
        assert credit.ask(ZHAO.id_number, CASE).outcome is CreditOutcome.GOOD
        server.stop()
        with pytest.raises(SyncError):
            libraries.check(CheckService.POPULATION, question)
        assert credit.ask(ZHAO.id_number, CASE).outcome is CreditOutcome.UNKNOWN
    finally:
        server.stop()
        store.close()
        office.close()
