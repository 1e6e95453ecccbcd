"""The libraries of other bodies behind the office: certificates, data checks and credit.

An office has the ones its city connects; until then nobody answers, and a window says so. A practice office
answers for specimen people alone, always the same, so that every outcome can be rehearsed.

    year of birth ends in 6   a check contradicts the last field compared; credit is bad
    year of birth ends in 3   the libraries hold nothing of the person; credit is unknown
    any other year            a check agrees; credit is good

    version of an identifier  001 valid, 002 expired, 003 revoked, 009 the library does not answer
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypedDict

from sync.contract.ids import uuid7
from sync.contract.libraries import (
    CertificateAnswer,
    CertificateQuery,
    CertificateState,
    CheckAnswer,
    CheckOutcome,
    CheckQuery,
    CheckService,
    ComparedField,
    CreditAnswer,
    CreditQuery,
    CreditStanding,
)

SPECIMEN_SERIALS = ("996", "997", "998", "999")
"""Digits 15 to 17 of the numbers of invented people."""
SPECIMEN_KINDS = {
    "11100000000013127D001": "居民身份证电子证照",
    "11100000000013127D002": "户口簿电子证照",
    "11100000000013135M001": "结婚证电子证照",
    "11100000000013610H001": "出生医学证明电子证照",
    "11100000000016160X001": "残疾人证电子证照",
    "11100000MB0143028R001": "营业执照电子证照",
}
"""Type codes of the specimen certificates; invented, as no public table of them was found."""
SPECIMEN_ISSUER = "11440300000000001X"
MARK = " (样本)"
SOURCES = {
    CheckService.POPULATION: "人口库",
    CheckService.RESIDENCE: "居住登记库",
    CheckService.MARRIAGE: "婚姻登记库",
    CheckService.BIRTH: "出生与生育登记库",
    CheckService.DEATH: "死亡信息库",
    CheckService.STUDENT: "学籍库",
    CheckService.EDUCATION: "学历学位库",
    CheckService.LICENCE: "许可与资格证照库",
    CheckService.ENTERPRISE: "市场主体登记库",
    CheckService.ASSOCIATION: "社会组织登记库",
    CheckService.INSURANCE: "社会保险库",
    CheckService.EMPLOYMENT: "就业与人才库",
    CheckService.TAX: "纳税信息库",
    CheckService.PROPERTY: "不动产登记库",
    CheckService.DISABILITY: "残疾人库",
    CheckService.RELIEF: "社会救助库",
}
"""What a clerk and a paper call each library."""
_STATES = {"001": CertificateState.VALID, "002": CertificateState.EXPIRED, "003": CertificateState.REVOKED}
_MISMATCH_YEAR, _UNKNOWN_YEAR = "6", "3"


class Libraries(Protocol):
    """What an office answers its windows; it may block, and never raises for a library's sake."""

    def certificate(self, query: CertificateQuery) -> CertificateAnswer:
        """Return the certificate of an identifier."""
        ...

    def check(self, service: CheckService, query: CheckQuery) -> CheckAnswer:
        """Compare what a case says."""
        ...

    def credit(self, query: CreditQuery) -> CreditAnswer:
        """Return the standing of a person or firm."""
        ...


class Stamp(TypedDict):
    """What every answer carries."""

    source: str
    reference: str
    answered_at: datetime


class _Stamped:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Stamp answers with `clock`."""
        self._clock = clock

    def _stamp(self, source: str) -> Stamp:
        now = self._clock()
        return {"source": source, "reference": uuid7(now), "answered_at": now}


class Unconnected(_Stamped):
    """No library is connected: every answer says so."""

    def certificate(self, query: CertificateQuery) -> CertificateAnswer:
        """See `Libraries`."""
        return CertificateAnswer(state=CertificateState.UNAVAILABLE, **self._stamp("证照库"))

    def check(self, service: CheckService, query: CheckQuery) -> CheckAnswer:
        """See `Libraries`."""
        return CheckAnswer(outcome=CheckOutcome.UNAVAILABLE, **self._stamp(SOURCES[service]))

    def credit(self, query: CreditQuery) -> CreditAnswer:
        """See `Libraries`."""
        return CreditAnswer(standing=CreditStanding.UNKNOWN, **self._stamp("信用库"))


class SpecimenLibraries(_Stamped):
    """Answers for invented people, always the same."""

    def certificate(self, query: CertificateQuery) -> CertificateAnswer:
        """See `Libraries`."""
        kind, serial, version = _parts(query.identifier)
        title = SPECIMEN_KINDS.get(kind, "")
        stamp = self._stamp("证照库" + MARK)
        if version == "009":
            return CertificateAnswer(state=CertificateState.UNAVAILABLE, **stamp)
        if not title or version not in _STATES or not _is_specimen(query.subject.number):
            return CertificateAnswer(state=CertificateState.UNKNOWN, **stamp)
        if serial != specimen_serial(query.subject.number):
            return CertificateAnswer(state=CertificateState.OTHER_HOLDER, **stamp)
        today = self._clock().date()
        is_over = _STATES[version] is CertificateState.EXPIRED
        return CertificateAnswer(
            state=_STATES[version],
            title=title,
            number=f"样本{serial[:8]}",
            issuer="样本市政务服务数据管理局",
            issued_on=today - timedelta(days=400),
            valid_until=today - timedelta(days=1) if is_over else None,
            **stamp,
        )

    def check(self, service: CheckService, query: CheckQuery) -> CheckAnswer:
        """See `Libraries`."""
        stamp = self._stamp(SOURCES[service] + MARK)
        number = query.subject.number
        if not _is_specimen(number) or number[9] == _UNKNOWN_YEAR:
            return CheckAnswer(outcome=CheckOutcome.UNKNOWN, **stamp)
        told = {"name": query.subject.name, "id_number": number, **query.fields}
        other = list(told)[-1] if number[9] == _MISMATCH_YEAR else ""
        fields = tuple(
            ComparedField(name=name, agrees=name != other, held=f"与登记不符{MARK}" if name == other else "")
            for name in told
        )
        outcome = CheckOutcome.MISMATCH if other else CheckOutcome.MATCH
        return CheckAnswer(outcome=outcome, fields=fields, **stamp)

    def credit(self, query: CreditQuery) -> CreditAnswer:
        """See `Libraries`."""
        stamp, number = self._stamp("信用库" + MARK), query.subject.number
        if not _is_specimen(number) or number[9] == _UNKNOWN_YEAR:
            return CreditAnswer(standing=CreditStanding.UNKNOWN, **stamp)
        if number[9] == _MISMATCH_YEAR:
            return CreditAnswer(standing=CreditStanding.BAD, lists=("失信被执行人名单" + MARK,), **stamp)
        return CreditAnswer(standing=CreditStanding.GOOD, **stamp)


def specimen_serial(number: str) -> str:
    """Return the serial of a specimen person's certificates: 20 characters that name only this number."""
    return hashlib.sha256(b"specimen" + number.encode()).hexdigest()[:20].upper()


def _parts(identifier: str) -> tuple[str, str, str]:
    """Return type, serial and version; empty where the text has another shape."""
    parts = identifier.split(".")
    return (parts[-5], parts[-3], parts[-2]) if len(parts) >= 6 else ("", "", "")


def _is_specimen(number: str) -> bool:
    return len(number) == 18 and number[14:17] in SPECIMEN_SERIALS
