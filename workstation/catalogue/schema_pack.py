"""What may stand in the files of a pack beside its items: itself, standards, matters, manifest."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from sync.contract.signing import key_id, load_public
from workstation.catalogue.schema import Code, Conditions, Id, Sentence, Strict, Word
from workstation.catalogue.schema_form import QuestionEntry, when_of
from workstation.catalogue.schema_item import LimitEntry
from workstation.domain.issuers import IssuerKey, TrustedIssuer
from workstation.domain.items import Matter

Member = Annotated[str, Field(pattern=r"^[0-9A-Z]{12}\.[a-z][a-z0-9_-]{0,39}$", strict=True)]
"""`CODE.id`: a field or a question of a member item."""

TypeCode = Annotated[str, Field(pattern=r"^[0-9A-Z]{21}$", strict=True)]


class PackEntry(Strict):
    """`pack.yaml`: what is true of the whole pack."""

    id: Id
    version: Annotated[str, Field(pattern=r"^[0-9]{4}\.[0-9]{1,2}(\.[0-9]{1,3})?$", strict=True)]
    issued_on: date
    valid_until: date
    notice: Sentence
    streets: Annotated[dict[str, Word], Field(min_length=1, max_length=500)]
    districts: dict[str, Annotated[str, Field(pattern=r"^[0-9]{6}$")]] = {}


class StandardsEntry(Strict):
    """`standards.yaml`: what items share; an item's own keys win.

    `materials` and `fields` are taken over by `use: ID`, `item` holds keys of every item that lacks them.
    """

    materials: dict[Id, dict[str, Any]] = {}
    fields: dict[Id, dict[str, Any]] = {}
    item: dict[str, Any] = {}


class MatterEntry(Strict):
    """`matters/NAME.yaml`: one matter (一件事)."""

    id: Id
    title: Word
    aliases: list[Word] = []
    items: Annotated[list[Code], Field(min_length=2, max_length=20)]
    when: dict[Code, Conditions] = {}
    questions: list[QuestionEntry] = []
    same: dict[Id, Annotated[list[Member], Field(min_length=1)]] = {}
    promised: LimitEntry
    explanation: Sentence
    sources: list[Sentence]

    def to_domain(self) -> Matter:
        """Return the domain value, without search keys."""
        return Matter(
            id=self.id,
            title=self.title,
            aliases=tuple(self.aliases),
            items=tuple(self.items),
            when={code: when_of(condition) for code, condition in self.when.items()},
            questions=tuple(question.to_domain() for question in self.questions),
            same={name: tuple(members) for name, members in self.same.items()},
            promised=self.promised.to_domain(),
            explanation=self.explanation,
            sources=tuple(self.sources),
        )


class IssuerKeyEntry(Strict):
    """A public key of an issuer; its id follows from it."""

    public_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", strict=True)]
    valid_from: date
    valid_until: date | None = None

    def to_domain(self) -> IssuerKey:
        """Return the domain value.

        Raises:
            ValueError: not base64url of 32 bytes.
        """
        return IssuerKey(
            public_key=self.public_key,
            key_id=key_id(load_public(self.public_key)),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


class IssuerEntry(Strict):
    """A body whose e-certificates are taken, and which."""

    uscc: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$", strict=True)]
    name: Word
    keys: Annotated[list[IssuerKeyEntry], Field(min_length=1, max_length=20)]
    kinds: Annotated[dict[TypeCode, Word], Field(min_length=1, max_length=500)]
    """Type code -> title, as materials name the certificate."""

    def to_domain(self) -> TrustedIssuer:
        """Return the domain value; raises ValueError for a key that is none."""
        return TrustedIssuer(
            uscc=self.uscc,
            name=self.name,
            keys=tuple(key.to_domain() for key in self.keys),
            kinds=tuple(self.kinds.items()),
        )


class IssuersEntry(Strict):
    """`issuers.yaml`: the trust list."""

    issuers: Annotated[list[IssuerEntry], Field(max_length=500)]


class FileEntry(Strict):
    """One signed file."""

    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.(yaml|json)$", max_length=200)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ManifestEntry(Strict):
    """`manifest.yaml`: the files of the pack; this is what is signed."""

    format: Annotated[int, Field(ge=1, le=1)]
    id: Id
    version: Word
    files: Annotated[list[FileEntry], Field(min_length=1)]
