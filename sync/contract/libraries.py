"""What a window asks of other bodies' libraries through the gateway: certificates, data checks, credit.

Every question carries its scene (场景授权): the case and the item that allow it, the material it is for, who
asks, and the ground. The answer never holds more of a person than was asked about.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from sync.contract.models import Model, Short, Text

MAX_FIELDS = 30


class Scene(Model):
    """Why somebody may look."""

    case_number: Annotated[Short, Field(min_length=1)]
    item_code: Annotated[Short, Field(min_length=1)]
    material_id: Short = ""
    clerk: Short
    ground: Annotated[Text, Field(min_length=1)]
    """The person's yes, or the law that does without it."""


class Subject(Model):
    """Whom the question is about."""

    name: Short
    number: Annotated[Short, Field(min_length=1)]
    """Identity number or USCC."""


class CertificateState(StrEnum):
    """What the certificate service says of an identifier."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    OTHER_HOLDER = "other_holder"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"
    """The library behind the gateway does not answer now."""


class CertificateQuery(Model):
    """`POST /v1/certificates/query`."""

    scene: Scene
    subject: Subject
    identifier: Annotated[Short, Field(min_length=1)]


class CertificateAnswer(Model):
    """The certificate of that identifier, and whether it is the subject's."""

    state: CertificateState
    title: Short = ""
    """As items name it, e.g. 户口簿电子证照."""
    number: Short = ""
    issuer: Short = ""
    issued_on: date | None = None
    valid_until: date | None = None
    source: Short
    reference: Short
    """The library's own number of this question."""
    answered_at: AwareDatetime


class CheckService(StrEnum):
    """The sixteen data services of the checking mode (查验式)."""

    POPULATION = "population"
    RESIDENCE = "residence"
    MARRIAGE = "marriage"
    BIRTH = "birth"
    DEATH = "death"
    STUDENT = "student"
    EDUCATION = "education"
    LICENCE = "licence"
    ENTERPRISE = "enterprise"
    ASSOCIATION = "association"
    INSURANCE = "insurance"
    EMPLOYMENT = "employment"
    TAX = "tax"
    PROPERTY = "property"
    DISABILITY = "disability"
    RELIEF = "relief"


class CheckOutcome(StrEnum):
    """What a data service says."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"
    """It holds nothing about the subject."""
    UNAVAILABLE = "unavailable"


class CheckQuery(Model):
    """`POST /v1/checks/{service}`: what the case says, to be compared."""

    scene: Scene
    subject: Subject
    fields: Annotated[dict[Short, Short], Field(max_length=MAX_FIELDS)] = {}


class ComparedField(Model):
    """One value as the library sees it."""

    name: Short
    agrees: bool
    held: Short = ""
    """The library's own value, where it differs."""


class CheckAnswer(Model):
    """The outcome and what was compared."""

    outcome: CheckOutcome
    fields: tuple[ComparedField, ...] = ()
    source: Short
    reference: Short
    answered_at: AwareDatetime


class CreditStanding(StrEnum):
    """What the credit library says."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


class CreditQuery(Model):
    """`POST /v1/credit`."""

    scene: Scene
    subject: Subject


class CreditAnswer(Model):
    """The standing, and the lists a dishonest subject is on."""

    standing: CreditStanding
    lists: Annotated[tuple[Short, ...], Field(max_length=20)] = ()
    source: Short
    reference: Short
    answered_at: AwareDatetime
